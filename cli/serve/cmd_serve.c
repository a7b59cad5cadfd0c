/* cmd_serve.c - emnist serve: settings, start, signals, and the end. */
#include "../common/commands.h"
#include "../common/engine_option.h"
#include "../common/options.h"
#include "../common/processors.h"
#include "../common/progress.h"
#include "call/access.h"
#include "call/parsers.h"
#include "call/readers.h"
#include "call/server.h"
#include "call/workers.h"
#include "http/http.h"
#include "http/listening.h"
#include "http/supervisor.h"
#include "models/model_watch.h"
#include "monitor/access_log.h"
#include "monitor/metrics.h"
#include "routes.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define DEFAULT_ADDRESS "127.0.0.1:8501"

struct settings {
	struct text_list addresses;
	const char *token_path;
	struct text_list origins;
	struct watch_settings models;
	struct serve_limits limits;
	uint64_t drain_seconds;
	uint64_t n_threads;
	int log; /* a position in log_formats */
	bool quiet;
	struct text_list operands;
};

static const char *const preprocess_names[] = {"auto", "raw", "normalize", NULL};

/* In the order of log_formats. */
static const char *const log_names[] = {"none", "text", "json", NULL};
static void (*const log_formats[])(struct text *text, const struct log_entry *entry) = {
	NULL, log_line_text, log_line_json};

static const struct option_spec specs[] = {
	OPTION_HEADING("Model:"),
	OPTION_TEXT(0, "name", "NAME", models.name,
		    "name of the model in paths; default: that of its file or "
		    "directory, emnist for the built-in model"),
	OPTION_CHOICE(0, "preprocess", "auto|raw|normalize", models.preprocess, preprocess_names,
		      "how to bring an image to 28x28; default: as the model says, auto for the "
		      "built-in model"),
	MODEL_SOURCE_OPTIONS(models.source),
	OPTION_INPUT(0, "models", "FILE", models.config_path,
		     "serve the models that FILE lists, in TensorFlow Serving's format"),
	OPTION_REAL(0, "poll", "SECONDS", models.poll_seconds, 0, 86400,
		    "time between two looks at the files of models; 0: only after SIGHUP; "
		    "default: 1"),
	OPTION_HEADING("Network:"),
	OPTION_LIST(0, "listen", "ADDRESS:PORT", addresses,
		    "listen there; also unix:PATH; may be repeated; default: " DEFAULT_ADDRESS),
	OPTION_INPUT(0, "token", "FILE", token_path,
		     "answer only requests with the token in the first line of FILE, as in "
		     "Authorization: Bearer TOKEN; not needed for health"),
	OPTION_LIST(0, "cors", "ORIGIN", origins,
		    "let pages of this origin ask from browsers, such as https://example.org; *: "
		    "of all; may be repeated"),
	OPTION_HEADING("Limits:"),
	OPTION_SIZE(0, "max-body", "SIZE", limits.body_nbytes, 1, OPTION_NO_MAXIMUM,
		    "refuse larger bodies of requests; default: 64M"),
	OPTION_SIZE(0, "max-head", "SIZE", limits.head_nbytes, 1024, 1 << 20,
		    "refuse larger heads of requests; default: 6K"),
	OPTION_SIZE(0, "max-memory", "SIZE", limits.memory_nbytes, 1, OPTION_NO_MAXIMUM,
		    "refuse requests while the bodies of all, and of responses, take more; "
		    "default: 1G"),
	OPTION_UNSIGNED(0, "max-images", "N", limits.n_images, 1, OPTION_NO_MAXIMUM,
			"refuse requests with more images; default: 4096"),
	OPTION_SIZE(0, "max-pixels", "N", limits.n_pixels, 1, OPTION_NO_MAXIMUM,
		    "refuse images with more pixels; default: 16M"),
	OPTION_UNSIGNED(0, "max-connections", "N", limits.n_connections, 1, 1000000,
			"refuse more connections; default: 16384"),
	OPTION_UNSIGNED(0, "max-in-flight", "N", limits.n_in_flight, 1, 1000000,
			"refuse more requests at once; default: 1024"),
	OPTION_UNSIGNED(0, "head-timeout", "SECONDS", limits.head_seconds, 1, 86400,
			"time to send the head of a request; default: 10"),
	OPTION_UNSIGNED(0, "body-timeout", "SECONDS", limits.body_seconds, 1, 86400,
			"time to send its body, and to take the response; default: 60"),
	OPTION_UNSIGNED(0, "idle-timeout", "SECONDS", limits.idle_seconds, 1, 86400,
			"time between two requests of a connection; default: 75"),
	OPTION_HEADING("Run:"),
	OPTION_UNSIGNED(0, "drain", "SECONDS", drain_seconds, 0, 86400,
			"after SIGTERM, time to answer what is in flight; default: 30"),
	OPTION_UNSIGNED('j', "threads", "N", n_threads, 1, 1024,
			"number of threads; default: one per processor"),
	ENGINE_OPTION(models.engine),
	OPTION_CHOICE(0, "log", "none|text|json", log, log_names,
		      "print a line for each request on standard output; default: none"),
	OPTION_FLAG('q', "quiet", quiet, "print errors only"),
	OPTION_END,
};

static const struct option_table table = {
	.usage = "serve [OPTION]... [MODEL|DIRECTORY]",
	.summary = "Classify images over HTTP: a web page, image files, TensorFlow Serving's REST "
		   "API, the Open Inference Protocol, GraphPipe, and metrics for Prometheus. "
		   "Without MODEL, the built-in model is served.",
	.after = "Exit status: 0 ended by SIGTERM or SIGINT, 2 wrong usage, or the model or an "
		 "address failed.",
	.specs = specs,
};

#define MAX_LISTENING 16

/* Everything that runs. */
struct running {
	struct server server;
	struct watch *watch;
	struct supervisor supervisor;
	struct http *http[MAX_LISTENING];
	size_t n;
	size_t n_opened; /* addresses of --listen, whose files are the server's to remove */
};

static void wait_shortly(void)
{
	const struct timespec t = {.tv_nsec = 20000000};

	nanosleep(&t, NULL);
}

static bool another_came(const sigset_t *signals)
{
	const struct timespec none = {0};
	const int number = sigtimedwait(signals, NULL, &none);

	return number == SIGTERM || number == SIGINT;
}

/* Answers what is in flight. The last connections that were accepted may not be counted yet: so
 * there must be none for a while. */
static void drain(struct running *running, const sigset_t *signals, uint64_t seconds)
{
	const double end = seconds_now() + (double)seconds;
	unsigned n_quiet = 0;

	atomic_store(&running->server.draining, true);
	for (size_t i = 0; i < running->n; i++)
		http_quiesce(running->http[i]);
	while (n_quiet < 5 && seconds_now() < end) {
		n_quiet = atomic_load(&running->server.n_connections) > 0 ? 0 : n_quiet + 1;
		if (another_came(signals)) {
			signal(SIGTERM, SIG_DFL);
			_exit(128 + SIGTERM);
		}
		wait_shortly();
	}
}

static bool open_server(struct running *running, const struct settings *s)
{
	struct server *server = &running->server;

	server->answer = routes_answer;
	server->limits = s->limits;
	server->access = access_open(s->token_path, s->origins.texts, s->origins.n);
	if (!server->access)
		return false;
	server->registry = watch_registry(running->watch);
	server->workers = workers_start(thread_count(s->n_threads));
	server->readers = readers_new(s->limits.n_pixels);
	server->parsers = parsers_new();
	server->metrics = metrics_new(server->registry);
	server->start_time = time(NULL);
	if (!server->workers || !server->readers || !server->parsers || !server->metrics)
		return false;
	if (!log_formats[s->log])
		return true;
	server->log = access_log_open(STDOUT_FILENO, log_formats[s->log]);
	return server->log != NULL;
}

static bool serve_socket(struct running *running, const struct settings *s, int fd, bool is_shared,
			 const char *url)
{
	struct http *http = http_start(&running->server, fd, is_shared, thread_count(s->n_threads));

	if (!http)
		return false;
	running->http[running->n++] = http;
	if (!s->quiet)
		complain("listening on %s", url);
	return true;
}

/* On the sockets that were handed over, and those of --listen. */
static bool listen_all(struct running *running, const struct settings *s)
{
	const struct supervisor *supervisor = &running->supervisor;
	const char *const usual[] = {DEFAULT_ADDRESS};
	const bool is_usual = s->addresses.n == 0 && supervisor->n_fds == 0;
	const char *const *addresses = is_usual ? usual : s->addresses.texts;
	const size_t n = is_usual ? 1 : s->addresses.n;
	char url[LISTENING_URL_NBYTES];

	if (n + (size_t)supervisor->n_fds > MAX_LISTENING) {
		complain("more than %d addresses to listen on", MAX_LISTENING);
		return false;
	}
	for (int i = 0; i < supervisor->n_fds; i++) {
		listening_show(supervisor->first_fd + i, url);
		if (!serve_socket(running, s, supervisor->first_fd + i, true, url))
			return false;
	}
	for (size_t i = 0; i < n; i++) {
		const int fd = listening_open(addresses[i], url);

		if (fd < 0)
			return false;
		running->n_opened += !is_usual;
		if (!serve_socket(running, s, fd, false, url))
			return false;
	}
	return true;
}

static void stop(struct running *running, const struct settings *s)
{
	atomic_store(&running->server.ending, true);
	workers_stop(running->server.workers);
	for (size_t i = 0; i < running->n; i++)
		http_stop(running->http[i]);
	workers_free(running->server.workers);
	for (size_t i = 0; i < running->n_opened; i++)
		listening_remove(s->addresses.texts[i]);
	readers_free(running->server.readers);
	parsers_free(running->server.parsers);
	metrics_free(running->server.metrics);
	access_close(running->server.access);
	access_log_close(running->server.log);
	watch_close(running->watch);
}

/* Descriptors for other things than connections: models, logs, the library's own. */
#define OTHER_DESCRIPTORS 128

/* As many connections as there may be descriptors. */
static void find_descriptors(uint64_t *n_connections)
{
	const uint64_t wanted = *n_connections + OTHER_DESCRIPTORS;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	if (limit.rlim_cur < wanted) {
		limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : (rlim_t)wanted;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	if (limit.rlim_cur < wanted)
		*n_connections = limit.rlim_cur > 2 * OTHER_DESCRIPTORS
					 ? limit.rlim_cur - OTHER_DESCRIPTORS
					 : limit.rlim_cur / 2;
}

static void tell_ready(void *context)
{
	supervisor_tell(context, "READY=1");
}

/* Waits for the signal to end. A service manager hears in time that this thread still runs. */
static void wait_for_end(struct running *running, const sigset_t *signals)
{
	struct supervisor *supervisor = &running->supervisor;
	const uint64_t half = supervisor->watchdog_microseconds / 2;
	const struct timespec time = {.tv_sec = (time_t)(half / 1000000),
				      .tv_nsec = (long)(half % 1000000) * 1000};
	int signal_number;

	for (;;) {
		signal_number =
			half > 0 ? sigtimedwait(signals, NULL, &time) : sigwaitinfo(signals, NULL);
		if (signal_number == SIGTERM || signal_number == SIGINT)
			return;
		if (signal_number == SIGHUP) {
			supervisor_tell_reloading(supervisor);
			watch_reload(running->watch, tell_ready, supervisor);
		}
		if (half > 0)
			supervisor_tell(supervisor, "WATCHDOG=1");
	}
}

static enum exit_status serve(const struct settings *s)
{
	struct running running = {0};
	enum exit_status status = STATUS_FATAL;
	sigset_t signals;

	/* Blocked in all threads, since they start later; taken here. Until the models are loaded,
	 * there is nothing to bring to an end. */
	sigemptyset(&signals);
	sigaddset(&signals, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	if (supervisor_find(&running.supervisor))
		running.watch = watch_open(&s->models);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	if (running.watch && open_server(&running, s) && listen_all(&running, s)) {
		supervisor_tell(&running.supervisor, "READY=1");
		wait_for_end(&running, &signals);
		supervisor_tell(&running.supervisor, "STOPPING=1");
		drain(&running, &signals, s->drain_seconds);
		status = STATUS_OK;
	}
	/* A model that is being loaded may take long. */
	sigdelset(&signals, SIGHUP);
	pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
	stop(&running, s);
	return status;
}

enum exit_status cmd_serve(int argc, char **argv)
{
	struct settings s = {
		.models = {.source = MODEL_SOURCE_BUILT_IN, .preprocess = -1, .poll_seconds = 1},
		.limits = {.body_nbytes = 64 << 20,
			   .head_nbytes = 6 << 10,
			   .n_images = 4096,
			   /* Up to 13 bytes each, on each thread: 200 MB. */
			   .n_pixels = 16 << 20,
			   .n_connections = 16384,
			   .n_in_flight = 1024,
			   .memory_nbytes = 1 << 30,
			   .head_seconds = 10,
			   .body_seconds = 60,
			   .idle_seconds = 75},
		.drain_seconds = 30,
	};
	enum exit_status status = STATUS_FATAL;

	if (!options_parse(&table, argc, argv, &s, &s.operands, &status))
		return status;
	s.models.quiet = s.quiet;
	s.models.source.path = s.operands.n ? s.operands.texts[0] : NULL;
	if (s.operands.n > 1)
		complain("more than one model; list them in a file for --models");
	else if (watch_check(&s.models) && engine_prepare(&s.models.engine)) {
		find_descriptors(&s.limits.n_connections);
		status = serve(&s);
	}
	free(s.addresses.texts);
	free(s.origins.texts);
	free(s.operands.texts);
	return status;
}
