/*
 * look.h - how a character is drawn, before EMNIST's conversion: its size, the pen, and how it
 * departs from its usual form.
 */
#ifndef DRAW_LOOK_H
#define DRAW_LOOK_H

#include "../base/random.h"

/* The longer side of a drawing's ink, pixels. */
#define LOOK_MOST_SIDE 62

struct look {
	double side;           /* of the ink, the longer one, pixels */
	double width;          /* of the pen, pixels */
	double xx, xy, yx, yy; /* x' = xx x + xy y, y' = yx x + yy y */
	double pressure; /* the most that the pen's width changes at an end of a stroke, a share */
	double misplace; /* the most that a stroke is moved, of the longer side */
};

/* As people write: undistorted, of usual size, with an ordinary pen. */
struct look look_usual(void);

/* Any other look, uniformly within its limits. */
struct look look_draw(struct random *random);

#endif
