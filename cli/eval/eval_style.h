/*
 * eval_style.h - how a report looks.
 */
#ifndef CLI_EVAL_EVAL_STYLE_H
#define CLI_EVAL_EVAL_STYLE_H

#include "../output/text.h"

/* Puts the page's style element. */
void eval_put_style(struct text *text);

#endif
