/* plain_classify.h - POST /classify: images in, labels out. */
#ifndef CLI_SERVE_PLAIN_CLASSIFY_H
#define CLI_SERVE_PLAIN_CLASSIFY_H

#include "../call/call.h"

/* Answers or defers the call. */
void plain_classify(struct call *call);

#endif
