/* serve_flask.h - POST / with "instances", as the blog's Flask application answered it. */
#ifndef CLI_SERVE_SERVE_FLASK_H
#define CLI_SERVE_SERVE_FLASK_H

#include "../call/call.h"

/* Answers or defers the call if it is one of these; false if it is not. */
bool serve_flask(struct call *call);

#endif
