-- wrk_post.lua - for wrk: the same few bodies posted in turn; in the end one line of JSON.
--
--	wrk -s wrk_post.lua URL -- FILE...
--
-- FILE: header lines "Name: value", an empty line, the body.

local requests, next_one = {}, 0

function init(arguments)
	for i, name in ipairs(arguments) do
		local file = assert(io.open(name, "rb"))
		local text = file:read("*a")
		file:close()
		local headers, body = text:match("^(.-)\n\n(.*)$")
		for key, value in headers:gmatch("([%w-]+): ([^\n]*)") do
			wrk.headers[key] = value
		end
		requests[i] = wrk.format("POST", nil, wrk.headers, body)
	end
end

function request()
	next_one = next_one % #requests + 1
	return requests[next_one]
end

function done(summary, latency)
	local errors = summary.errors
	io.write(string.format(
		'\n{"requests": %d, "seconds": %.6f, "errors": %d, "p50_us": %d, "p99_us": %d}\n',
		summary.requests, summary.duration / 1e6,
		errors.connect + errors.read + errors.write + errors.status + errors.timeout,
		latency:percentile(50), latency:percentile(99)))
end
