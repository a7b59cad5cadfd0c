/* serve_v2.h - the Open Inference Protocol. */
#ifndef CLI_SERVE_SERVE_V2_H
#define CLI_SERVE_SERVE_V2_H

#include "../call/call.h"

/* Answers or defers the call if its path is one of this protocol, but for its health, which is of
 * the plain one; false if it is not. */
bool serve_v2(struct call *call);

#endif
