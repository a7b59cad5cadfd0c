/* serve_graphpipe.h - GraphPipe: flatbuffers in, flatbuffers out. */
#ifndef CLI_SERVE_SERVE_GRAPHPIPE_H
#define CLI_SERVE_SERVE_GRAPHPIPE_H

#include "../call/call.h"

/* Answers or defers a call to a path of GraphPipe's own, or one to "/" that is meant for it; false
 * if it is not. */
bool serve_graphpipe(struct call *call);

/* The same for any path, if the body is a flatbuffer: to be asked last. */
bool serve_graphpipe_anywhere(struct call *call);

#endif
