#!/bin/sh
# serve_models.sh - models of emnist serve: versions that come and go, files that are half written,
# replaced and removed, lists of models, labels. Meanwhile no request fails. Runs under the
# sanitizers too.
. cli/test/tap.inc
. cli/test/serve.inc

IMAGE=testdata/samples/digit-2-scan.png
M=$TMP/m
FAST='--poll 0.05'

# The built-in model, and one that answers with Greek letters.
OLD=$TMP/old.onnx NEW=$TMP/new.onnx
i=0
while [ $i -lt 62 ]; do
	echo "$i $((945 + i))"
	i=$((i + 1))
done >"$TMP/greek"
"$EMNIST" model convert "$OLD" && "$EMNIST" model convert --labels "$TMP/greek" "$NEW" || exit 1

# -------------------------------------------------------------------------- helpers

# label [QUERY]: prints the answer for the image, or the error.
label()
{
	"$CLIENT" -d "$IMAGE" POST "$URL/classify${1-}" |
		sed 's/.*"label":"\([^"]*\)".*/\1/; s/.*"error":"\([^"]*\)".*/\1/'
}

# versions [MODEL]: prints all versions and their states, "2:AVAILABLE 1:END".
versions()
{
	"$CLIENT" GET "$URL/v1/models/${1-m}" | sed -n 's/.*"version": "\(.*\)",/\1/p
		s/.*"state": "\(.*\)",/\1/p' | paste -s -d ':\n' | paste -s -d ' '
}

# becomes NAME WANTED COMMAND...: waits until the command prints this.
becomes()
{
	becomes_name=$1 becomes_wanted=$2
	shift 2
	becomes_tries=0
	until becomes_got=$("$@") && [ "$becomes_got" = "$becomes_wanted" ]; do
		becomes_tries=$((becomes_tries + 1))
		[ $becomes_tries -le 400 ] || break
		sleep 0.05
	done
	is "$becomes_name" "$becomes_wanted" "$becomes_got"
}

first_version() { versions | sed 's/ .*//'; }

# logged TEXT: prints how many lines of the log have it.
logged() { grep -c -F -- "$1" "$TMP/server.log"; }

# In the background, requests over two connections until end_load, which fails if one failed.
begin_load()
{
	"$EMNIST" load -f json -q --duration 600 -c 2 --protocol tfs "$URL/v1/models/m:predict" \
		>"$TMP/load.json" 2>"$TMP/load.log" &
	LOAD=$!
}
end_load()
{
	kill -TERM $LOAD
	wait $LOAD
	n_requests=$(sed -n 's/.*"requests":\([0-9]*\).*/\1/p' "$TMP/load.json")
	n_failed=$(sed -n 's/.*"failed":\([0-9]*\).*/\1/p' "$TMP/load.json")
	[ "${n_requests:-0}" -gt 0 ] && [ "${n_failed:-1}" -eq 0 ]
}

# put FILE DIRECTORY: a version, as a whole.
put()
{
	mkdir -p "$TMP/staging" "$(dirname "$2")"
	cp "$1" "$TMP/staging/model.onnx"
	mv "$TMP/staging" "$2"
}

# ------------------------------------------------------- versions that come and go

put "$OLD" "$M/1"
start_server $FAST "$M"
is 'the name is that of the directory' '1:AVAILABLE' "$(versions)"
is 'version 1 answers' 2 "$(label '?model=m')"
is 'it is the only one' 2 "$(label)"
begin_load
put "$NEW" "$M/2"
becomes 'version 2 replaces version 1' '2:AVAILABLE 1:END' versions
is 'version 2 answers' γ "$(label)"
is 'it does by its number' γ "$(label '?model=m&version=2')"
is 'version 1 does not' 404 "$(status_of POST '/classify?model=m&version=1' -d "$IMAGE")"

head -c 1000 "$OLD" >"$TMP/broken"
put "$TMP/broken" "$M/3"
becomes 'version 3 is broken, version 2 serves on' '3:END 2:AVAILABLE 1:END' versions
check 'the state says why' sh -c "'$CLIENT' GET '$URL/v1/models/m/versions/3' |
	grep -q 'error_code\": \"DATA_LOSS' "
is 'readiness does not care' 200 "$(status_of GET /healthz)"
# Removed, it is still listed.
rm -r "$M/3"
mkdir "$M/4"
becomes 'nor is an empty directory a model' '4:END 3:END 2:AVAILABLE 1:END' versions
# In its place, in two parts; the writer dies after the first. Each is there at once, however slow the machine is.
{ head -c 100000 "$OLD" && mv "$TMP/half" "$M/4/model.onnx" && exec sleep 600; } >"$TMP/half" &
writer=$!
becomes 'a file that is half written' 1 logged "version 4: '$M/4/model.onnx'"
kill -9 $writer
wait $writer 2>/dev/null
is 'its writer was killed, version 2 serves on' γ "$(label)"
cat "$OLD" >"$M/4/model.onnx"
becomes 'complete, it serves' '4:AVAILABLE 3:END 2:END 1:END' versions
is 'and answers' 2 "$(label)"

# What is in place can be replaced, too.
cp "$NEW" "$M/4/.new" && mv "$M/4/.new" "$M/4/model.onnx"
becomes 'a file replaced in a version' γ label
truncate -s 1000 "$M/4/model.onnx"
becomes 'what is left of it in its place does not count' 2 logged "version 4: '$M/4/model.onnx'"
rm "$M/4/model.onnx"
becomes 'nor does its absence' 2 logged "no model in the directory"
is 'the version before serves on' γ "$(label)"
cp "$OLD" "$M/4/other.onnx"
becomes 'until there is a model' 2 label
cp "$NEW" "$M/4/second.onnx"
is 'a second file is none' 2 "$(label)"

mkdir "$M/00000009" "$M/x" "$M/10~"
cp "$NEW" "$M/00000009/"
becomes 'a number with zeros' '9:AVAILABLE 4:END 3:END 2:END 1:END' versions
rm -r "$M/00000009"
becomes 'a version is removed, the one before comes back' '9:END 4:END 3:END 2:AVAILABLE 1:END' \
	versions
put "$TMP/broken" "$M/11"
rm -r "$M/1" "$M/4" "$M/2"
becomes 'only one that is broken is left' '11:END' first_version
is 'then the last one serves on' γ "$(label '?model=m&version=2')"
check 'no request failed' end_load
mv "$M" "$TMP/elsewhere"
becomes 'the directory is gone' 1 logged "'$M': No such file or directory"
is 'that changes nothing' γ "$(label)"
mkdir "$M"
becomes 'it is empty' "$(versions | sed s/AVAILABLE/END/)" versions
becomes 'the log says so' 1 logged 'No versions of servable m found under base path'
is 'no version answers' 'no model is ready' "$(label | sed 's/.*no model is ready/no model is ready/')"
is 'the server is not ready' 503 "$(status_of GET /healthz)"
put "$OLD" "$M/1"
becomes 'until there is one' 200 status_of GET /healthz
is 'it answers' 2 "$(label)"
check 'the server ends well' stop_server

# ---------------------------------------------------------------------- single files

cp "$OLD" "$TMP/single.onnx"
start_server $FAST "$TMP/single.onnx"
is 'a file' '1:AVAILABLE' "$(versions single)"
cp "$NEW" "$TMP/new.part"
mv "$TMP/new.part" "$TMP/single.onnx"
becomes 'replaced' γ label
mv "$TMP/single.onnx" "$TMP/single.old"
becomes 'removed' 1 logged "'$TMP/single.onnx': No such file or directory"
is 'what was loaded serves on' γ "$(label)"
cp "$OLD" "$TMP/single.onnx"
becomes 'and is there again' 2 label
stop_server

# Whatever changes while a file is read, what it has in the end is served.
start_server --poll 0.002 "$TMP/single.onnx"
i=0
(
	while [ $i -lt 20 ]; do
		cp "$NEW" "$TMP/new.part"
		mv "$TMP/new.part" "$TMP/single.onnx"
		touch "$TMP/single.onnx"
		becomes "replaced and touched, $i" γ label
		cat "$OLD" >"$TMP/single.onnx"
		becomes "overwritten, $i" 2 label
		i=$((i + 1))
	done
) >"$TMP/many"
is 'files that change while they are read' '' "$(grep -v '^ok' "$TMP/many")"
stop_server

"$EMNIST" model convert "$OLD" "$TMP/saved"
start_server $FAST --name other "$TMP/saved"
is 'a SavedModel' '1:AVAILABLE' "$(versions other)"
"$EMNIST" model convert --force "$NEW" "$TMP/saved"
becomes 'replaced as a whole' γ label
stop_server

start_server $FAST --labels "$TMP/greek"
is 'the built-in model with other labels' γ "$(label '?model=emnist')"
stop_server

start_server --poll 0 "$M"
put "$NEW" "$M/2"
sleep 0.3
is 'without a poll, nothing changes' '1:AVAILABLE' "$(versions)"
kill -HUP $SERVER
becomes 'until SIGHUP' '2:AVAILABLE 1:END' versions
stop_server

# ------------------------------------------------------------------- lists of models

# The manual's example.
mkdir "$TMP/list" "$TMP/list/models"
put "$OLD" "$TMP/list/models/emnist/1"
put "$NEW" "$TMP/list/models/emnist/2"
cp "$OLD" "$TMP/list/digits.onnx"
sed -n '/^model_config_list/,/^}/p' man/emnist-serve.1 >"$TMP/models.conf"
LIST=$TMP/list/models.conf
cp "$TMP/models.conf" "$LIST"

# config SCRIPT: the list as sed changes it.
config()
{
	sed "$1" "$TMP/models.conf" >"$TMP/list/.part"
	mv "$TMP/list/.part" "$LIST"
}

# by_label LABEL: the version that it stands for, or the error.
by_label()
{
	"$CLIENT" GET "$URL/v1/models/emnist/labels/$1/metadata" |
		sed -n 's/.*"version": "\(.*\)"/\1/p; s/.*"error": "\(.*\)"/\1/p'
}

start_server $FAST --models "$LIST"
is 'two versions' '2:AVAILABLE 1:AVAILABLE' "$(versions emnist)"
is 'another model' '1:AVAILABLE' "$(versions digits)"
is 'labels' '1 2' "$(by_label stable) $(by_label canary)"
is 'no label' 'Unrecognized servable version label: x' "$(by_label x)"
config 's/value: 1/value: 2/'
becomes 'a label is moved' 2 by_label stable
config 's/value: 1/value: 9/'
becomes 'not to what does not serve' 1 logged \
	'Request to assign label to version 9 of model emnist, which is not currently available for inference'
is 'it stays' 2 "$(by_label stable)"
put "$NEW" "$TMP/list/models/emnist/9"
config 's/value: 1/value: 9/; s/versions: 1//; s/versions: 2/versions: 2 versions: 9/'
becomes 'to one that comes with it' 9 by_label stable
becomes 'one is gone' '9:AVAILABLE 2:AVAILABLE 1:END' versions emnist
mv "$TMP/list/models/emnist/9" "$TMP/9"
becomes 'a label of what is gone' 'Servable not found for request: Specific(emnist, 9)' by_label stable
mv "$TMP/9" "$TMP/list/models/emnist/9"
becomes 'and is there again' 9 by_label stable

config 's/name: "digits"/nmae: "digits"/'
becomes 'a mistake changes nothing' 1 logged "'$LIST': 11:5: config has no field nmae"
is 'all serve on' '9:AVAILABLE 1:AVAILABLE' "$(versions emnist | sed 's/ .*//') $(versions digits)"
: >"$LIST"
becomes 'nor does an empty file' 1 logged "'$LIST': no model_config_list"
rm "$LIST"
becomes 'nor its absence' 1 logged "'$LIST': No such file or directory"
config 's/name: "digits"/name: "new"/; 2,9d'
becomes 'a model has another name' '1:AVAILABLE' versions new
is 'the others are gone' '404 404' "$(status_of GET /v1/models/emnist) $(status_of GET /v1/models/digits)"
config 's/digits.onnx/nowhere/; s/specific.*} }/all {} }/'
becomes 'a model that is not there' 1 logged "'$TMP/list/nowhere': No such file or directory"
becomes 'does not disturb others' '9:AVAILABLE 2:AVAILABLE 1:AVAILABLE' versions emnist
is 'nor readiness' 200 "$(status_of GET /healthz)"
config 's/specific.*} }/latest { num_versions: 2 } }/'
becomes 'not a label of what goes' 1 logged 'version 1 of model emnist, which is not'
config 's/specific.*} }/latest { num_versions: 2 } }/; /version_labels/d'
becomes 'the two latest versions' '9:AVAILABLE 2:AVAILABLE 1:END' versions emnist
becomes 'no label any more' 'Unrecognized servable version label: stable' by_label stable
printf 'model_config_list {}\n' >"$LIST"
becomes 'no model at all' 404 status_of GET /v1/models/emnist
stop_server

# --------------------------------------------------------------------- what fails

# fails NAME STDERR ARGUMENT...: exit status 2, and these lines.
fails()
{
	fails_name=$1 fails_wanted=$2
	shift 2
	"$EMNIST" serve --listen 127.0.0.1:0 "$@" 2>"$TMP/stderr" >"$TMP/out"
	is "$fails_name" "2 $fails_wanted" "$? $(sed 's/^emnist: //' "$TMP/stderr")"
}
mkdir "$TMP/empty"
: >"$TMP/bad.onnx"
fails 'a file that is not there' "model 'none': '$TMP/none.onnx': No such file or directory
1 model not available: none" "$TMP/none.onnx"
fails 'one that is no model' "model 'bad', version 1: '$TMP/bad.onnx': not a model: the file is empty
1 model not available: bad" "$TMP/bad.onnx"
fails 'a directory without versions' "No versions of servable empty found under base path $TMP/empty.\
 Did you forget to name your leaf directory as a number (eg. '/1/')?
1 model not available: empty" "$TMP/empty"
fails 'a model of other images' "model 'alpha_beta', version 1: 'testdata/models/alpha_beta.onnx': \
takes 6 values, not 28x28 pixels
1 model not available: alpha_beta" testdata/models/alpha_beta.onnx
fails 'a list and a model' '--models cannot be combined with MODEL, --name, --labels, --activation or --input-...' \
	--models "$TMP/models.conf" "$OLD"
fails 'a list and a name' '--models cannot be combined with MODEL, --name, --labels, --activation or --input-...' \
	--models "$TMP/models.conf" --name x
fails 'a list that is not there' "'$TMP/none': No such file or directory" --models "$TMP/none"
fails 'a scale of 0' '--input-scale: 0 would make all images the same' --input-scale 0
cat >"$TMP/three" <<END
model_config_list {
  config { name: "a" base_path: "m" }
  config { name: "b" base_path: "none" }
  config { name: "c" base_path: "empty" }
}
END
"$EMNIST" serve --listen 127.0.0.1:0 --models "$TMP/three" 2>"$TMP/stderr"
is 'some of several' "2 emnist: 2 models not available: b, c" "$? $(tail -n 1 "$TMP/stderr")"
printf 'model_config_list { config { name: "a" base_path: "m" version_labels { key: "x" value: 5 } } }' \
	>"$TMP/three"
"$EMNIST" serve --listen 127.0.0.1:0 --models "$TMP/three" 2>"$TMP/stderr"
is 'a label of nothing' "2 emnist: Request to assign label to version 5 of model a, which is not \
currently available for inference" "$? $(tail -n 1 "$TMP/stderr")"

# Before the models are loaded, a signal ends the server at once.
mkfifo "$TMP/pipe"
"$EMNIST" serve --listen 127.0.0.1:0 "$TMP/pipe" 2>"$TMP/stderr" &
SERVER=$!
sleep 0.2
kill $SERVER
wait $SERVER 2>/dev/null
is 'SIGTERM while a model is loaded' 143 $?

# A server that is killed leaves nothing that keeps the next one from serving: the highest version
# that can be loaded does.
rm -r "$M"
put "$OLD" "$M/1"
start_server $FAST "$M"
i=2
while [ $i -lt 8 ]; do
	put "$NEW" "$M/$i"
	i=$((i + 1))
done
put "$TMP/broken" "$M/8"
kill -9 $SERVER
wait $SERVER 2>/dev/null
start_server $FAST "$M"
becomes 'after kill -9' '8:END 7:AVAILABLE' versions
is 'and a restart' γ "$(label)"
stop_server

# ----------------------------------------------------------------- many, under load

# rss: the memory of the server, in KiB.
rss() { awk '/^VmRSS:/ { print $2 }' "/proc/$SERVER/status"; }

# reload N: so many versions, one after the other, each of which is waited for.
reload()
{
	reload_n=$1
	while [ "$reload_n" -gt 0 ]; do
		number=$((number + 1))
		if [ $((number % 2)) -eq 0 ]; then put "$OLD" "$M/$number"; else put "$NEW" "$M/$number"; fi
		rm -rf "$M/$((number - 2))"
		kill -HUP $SERVER
		until grep -q "version $number: ready" "$TMP/server.log"; do
			sleep 0.01
		done
		reload_n=$((reload_n - 1))
	done
}

rm -r "$M"
put "$OLD" "$M/1"
number=1
start_server --poll 0 "$M"
begin_load
reload 20
before=$(rss)
reload 180
check 'no request failed during 200 reloads' end_load
is 'the last one serves' "$number:AVAILABLE" "$(versions | sed 's/ .*//')"
n_listed() { versions | wc -w; }
becomes 'no more than 32 that ended are listed' 33 n_listed
if [ -n "$SANITIZE" ]; then
	skip 'memory is given back' 'sanitizers keep it'
else
	check "memory is given back" test "$(rss)" -le $((before + 4096))
fi
check 'the server ends well' stop_server

# A model of 7 MB, which an allocator may keep for later.
header='{"0.weight":{"dtype":"F32","shape":[1024,784],"data_offsets":[0,3211264]},
"0.bias":{"dtype":"F32","shape":[1024],"data_offsets":[3211264,3215360]},
"2.weight":{"dtype":"F32","shape":[1024,1024],"data_offsets":[3215360,7409664]},
"2.bias":{"dtype":"F32","shape":[1024],"data_offsets":[7409664,7413760]},
"4.weight":{"dtype":"F32","shape":[62,1024],"data_offsets":[7413760,7667712]},
"4.bias":{"dtype":"F32","shape":[62],"data_offsets":[7667712,7667960]}}'
{
	printf "\\$(printf %o $((${#header} % 256)))\\$(printf %o $((${#header} / 256)))\\0\\0\\0\\0\\0\\0"
	printf %s "$header"
	head -c 7667960 /dev/zero | tr '\0' '='
} >"$TMP/large.safetensors"
rm -r "$M"
mkdir -p "$M/1" "$TMP/staging"
cp "$TMP/large.safetensors" "$M/1"
start_server $FAST "$M"
cp "$TMP/large.safetensors" "$TMP/staging"
mv "$TMP/staging" "$M/2"
becomes 'a large model is replaced' '2:AVAILABLE 1:END' versions
before=$(rss)
rm -r "$M/1" "$M/2"
becomes 'and unloaded' '2:END 1:END' versions
if [ -n "$SANITIZE" ]; then
	skip 'which gives its memory back' 'sanitizers keep it'
else
	check 'which gives its memory back' test "$(rss)" -le $((before - 10000))
fi
stop_server
finish
