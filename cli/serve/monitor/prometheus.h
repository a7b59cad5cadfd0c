/* prometheus.h - the metrics of a server, for Prometheus. */
#ifndef CLI_SERVE_PROMETHEUS_H
#define CLI_SERVE_PROMETHEUS_H

#include "../../output/text.h"
#include "../call/server.h"

/* Those of `emnist serve`. */
void prometheus_put(struct text *text, struct server *server);

/* Those that TensorFlow Serving has under the same names, of the calls of its protocol. */
void prometheus_put_tensorflow(struct text *text, struct server *server);

#endif
