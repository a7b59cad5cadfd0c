/* serve_plain.h - the plain protocol: images in, labels out; health. */
#ifndef CLI_SERVE_SERVE_PLAIN_H
#define CLI_SERVE_SERVE_PLAIN_H

#include "../call/call.h"

/* Answers or defers the call if its path is one of this protocol; false if it is not. */
bool serve_plain(struct call *call);

#endif
