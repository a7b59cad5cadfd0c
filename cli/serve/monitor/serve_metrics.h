/* serve_metrics.h - the paths that Prometheus asks. */
#ifndef CLI_SERVE_SERVE_METRICS_H
#define CLI_SERVE_SERVE_METRICS_H

#include "../call/call.h"

/* Answers or defers the call if its path is one of these; false if it is not. */
bool serve_metrics(struct call *call);

#endif
