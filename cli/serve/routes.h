/* routes.h - which protocol answers a request. */
#ifndef CLI_SERVE_ROUTES_H
#define CLI_SERVE_ROUTES_H

#include "call/call.h"

/* Fills in the response of a call, or defers it. */
void routes_answer(struct call *call);

#endif
