/*
 * kernel_rows.h - the kernel itself. kernel.c includes it once per kind of processor, and defines:
 *
 *	LANES      floats per vector
 *	TARGET     attribute that allows the processor's instructions
 *	NAME(x)    x with the kind's name appended
 *	NONZERO(x) bits of a vector's nonzero lanes; defined only if there is a fast way
 *
 * A row's sums are eight vectors: a processor that starts two multiply-adds per cycle, each taking
 * four cycles, would stall with fewer. Each vector of weights is loaded for one multiply-add, which
 * costs no more than a register while it is in the first-level cache.
 */
typedef float NAME(vector) __attribute__((vector_size(4 * LANES), may_alias));
typedef int32_t NAME(mask) __attribute__((vector_size(4 * LANES)));

static inline __attribute__((always_inline)) void NAME(rows)(const struct kernel_task *given,
							     const size_t n_vectors,
							     const bool transposed)
{
	enum { OF_PANEL = PANEL_COLUMNS / LANES };
	const struct kernel_task task = *given;
	const size_t next_panel = task.panel_stride / LANES - OF_PANEL;
	const size_t next_row = transposed ? 1 : task.input_stride;
	const size_t next_input = transposed ? task.input_stride : 1;

	for (size_t row = 0; row < task.n_rows; row++) {
		NAME(vector) *const at = (NAME(vector) *)(task.sums + row * task.sum_stride);
		const NAME(vector) *weights = (const NAME(vector) *)task.weights;
		const float *inputs = task.inputs + row * next_row;
		const uint64_t *nonzero_word = task.nonzero + row;
		const NAME(vector) *const from = task.bias ? (const NAME(vector) *)task.bias : at;
		NAME(vector) sums[FULL_VECTORS];

		FOR_EACH(i, n_vectors)
			sums[i] = from[i];
		for (size_t word = 0; word < task.n_words; word++) {
			for (uint64_t nonzero = *nonzero_word; nonzero; nonzero &= nonzero - 1) {
				const size_t k = (size_t)__builtin_ctzll(nonzero);
				const NAME(vector) input =
					inputs[k * next_input] - (NAME(vector)){0};
				const NAME(vector) *const of_input = weights + k * OF_PANEL;

				FOR_EACH(i, n_vectors)
					sums[i] += input * of_input[i + i / OF_PANEL * next_panel];
			}
			weights += KERNEL_WORD * OF_PANEL;
			inputs += KERNEL_WORD * next_input;
			nonzero_word += task.nonzero_stride;
		}
		if (task.relu)
			FOR_EACH(i, n_vectors)
				sums[i] = (NAME(vector))((sums[i] > 0) & (NAME(mask))sums[i]);
		FOR_EACH(i, n_vectors)
			at[i] = sums[i];
	}
}

TARGET static void NAME(multiply)(const struct kernel_task *task)
{
	NAME(rows)(task, FULL_VECTORS, false);
}

TARGET static void NAME(multiply_narrow)(const struct kernel_task *task)
{
	NAME(rows)(task, FULL_VECTORS / 2, false);
}

TARGET static void NAME(multiply_transposed)(const struct kernel_task *task)
{
	NAME(rows)(task, FULL_VECTORS, true);
}

TARGET static void NAME(multiply_transposed_narrow)(const struct kernel_task *task)
{
	NAME(rows)(task, FULL_VECTORS / 2, true);
}

TARGET static inline uint64_t NAME(nonzero_word)(const float *values)
{
	uint64_t bits = 0;

#ifdef NONZERO
	FOR_EACH(i, KERNEL_WORD / LANES)
		bits |= (uint64_t)NONZERO(values + i * LANES) << (i * LANES);
#else
	for (size_t i = 0; i < KERNEL_WORD; i++)
		bits |= (uint64_t)(values[i] != 0) << i;
#endif
	return bits;
}

TARGET static void NAME(find_nonzero)(const float *values, size_t stride, size_t n_rows,
				      size_t first, size_t n, uint64_t *nonzero,
				      size_t nonzero_stride)
{
	for (size_t row = 0; row < n_rows; row++) {
		const float *of_row = values + row * stride;
		size_t i = 0;

		while (i < n) {
			const size_t bit = (first + i) % KERNEL_WORD;
			uint64_t *word = nonzero + (first + i) / KERNEL_WORD * nonzero_stride + row;

			if (bit == 0 && n - i >= KERNEL_WORD) {
				*word = NAME(nonzero_word)(of_row + i);
				i += KERNEL_WORD;
			} else {
				*word |= (uint64_t)(of_row[i] != 0) << bit;
				i++;
			}
		}
	}
}
