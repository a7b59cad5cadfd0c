/* serve_page.h - the web page: drawings and pictures in, labels out. */
#ifndef CLI_SERVE_SERVE_PAGE_H
#define CLI_SERVE_SERVE_PAGE_H

#include "../call/call.h"

/* Answers or defers the call if its path is one of the page; false if it is not. */
bool serve_page(struct call *call);

#endif
