/* report.h - what metrics and the access log are told of a request at its end. */
#ifndef CLI_SERVE_REPORT_H
#define CLI_SERVE_REPORT_H

#include "../call/call.h"

/* nbytes: of the response's body; seconds: from the end of the head until it was queued. */
void report_request(const struct call *call, unsigned status, size_t nbytes, double seconds);

#endif
