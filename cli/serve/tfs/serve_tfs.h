/* serve_tfs.h - TensorFlow Serving's REST API. */
#ifndef CLI_SERVE_SERVE_TFS_H
#define CLI_SERVE_SERVE_TFS_H

#include "../call/call.h"

/* Answers or defers the call if its path is one of this protocol; false if it is not. */
bool serve_tfs(struct call *call);

#endif
