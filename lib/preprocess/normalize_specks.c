/*
 * normalize_specks.c - removes specks that are away from faint ink.
 *
 * Where the ink hardly differs from the paper, noise and compression leave specks as dark as ink.
 * The largest component and what is near it, or near what is, are the character; smaller ones
 * elsewhere are specks. What is above the character, as the dot of an i, may be farther away.
 */
#include "normalize.h"

#include <math.h>

/* Ink of less contrast, of 255, is faint. */
#define FAINT 40.0f

/* The most components; with more the picture is not of a character. */
#define MAX_COMPONENTS 128

/* As shares of the longer side of the character: how far what belongs to it is away at most, at any
 * side, and above it but not farther than the last to a side. */
#define NEAR        0.12
#define NEAR_ABOVE  0.5
#define ABOVE_ASIDE 0.25

/* Components of this share of the largest one's area are none of the specks. */
#define MIN_AREA 0.3

struct component {
	uint32_t root, area;
	struct box box;
	bool stays;
};

struct components {
	struct component list[MAX_COMPONENTS];
	size_t n;
};

static struct component *find_component(struct components *components, uint32_t root)
{
	for (size_t k = 0; k < components->n; k++)
		if (components->list[k].root == root)
			return &components->list[k];
	return NULL;
}

/* Adds a run of pixels to its component; false if there are too many. */
static bool add_run(struct components *components, const struct run *run, uint32_t root,
		    uint32_t area, size_t width)
{
	struct component *component = find_component(components, root);
	const double y = (double)(run->first / width), x = (double)(run->first % width);

	if (!component) {
		if (components->n == MAX_COMPONENTS)
			return false;
		component = &components->list[components->n++];
		*component = (struct component){
			.root = root, .area = area, .box = {.left = INFINITY, .top = y}};
	}
	component->box.left = fmin(component->box.left, x);
	component->box.right = fmax(component->box.right, x + (run->end - run->first));
	component->box.bottom = y + 1;
	return true;
}

static struct component *largest_of(struct components *components)
{
	struct component *largest = &components->list[0];

	for (size_t k = 1; k < components->n; k++)
		if (components->list[k].area > largest->area)
			largest = &components->list[k];
	return largest;
}

static bool is_near(const struct box *box, const struct box *other)
{
	const double side = fmax(box->right - box->left, box->bottom - box->top);
	const double x = fmax(box->left - other->right, other->left - box->right);
	const double above = box->top - other->bottom;
	const double y = fmax(above, other->top - box->bottom);

	return fmax(x, y) <= NEAR * side ||
	       (x <= ABOVE_ASIDE * side && above >= 0 && above <= NEAR_ABOVE * side);
}

/* Joins a component to those that stay, in the box; false if there is none. */
static bool join(struct components *components, uint32_t least_area, struct box *box)
{
	for (size_t k = 0; k < components->n; k++) {
		struct component *other = &components->list[k];

		if (other->stays || (other->area < least_area && !is_near(box, &other->box)))
			continue;
		other->stays = true;
		box->left = fmin(box->left, other->box.left);
		box->right = fmax(box->right, other->box.right);
		box->top = fmin(box->top, other->box.top);
		box->bottom = fmax(box->bottom, other->box.bottom);
		return true;
	}
	return false;
}

void normalize_drop_specks(struct normalizer *normalizer, const struct frame *frame,
			   const uint32_t *areas, float level)
{
	struct components components = {.n = 0};
	struct component *largest;
	struct box box;

	if (level >= FAINT)
		return;
	for (size_t k = 0; k < normalizer->n_runs; k++) {
		const struct run *run = &normalizer->runs[k];
		const uint32_t root = normalize_component(normalizer->parents, run->first);

		if (normalizer->keep[run->first] &&
		    !add_run(&components, run, root, areas[root], frame->width))
			return;
	}
	if (components.n < 2)
		return;
	largest = largest_of(&components);
	largest->stays = true;
	box = largest->box;
	while (join(&components, (uint32_t)(MIN_AREA * largest->area), &box))
		continue;
	for (size_t k = 0; k < normalizer->n_runs; k++) {
		const struct run *run = &normalizer->runs[k];
		const struct component *component = find_component(
			&components, normalize_component(normalizer->parents, run->first));

		if (component && !component->stays)
			memset(normalizer->keep + run->first, 0, (size_t)(run->end - run->first));
	}
}
