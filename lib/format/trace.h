/*
 * trace.h - determines what a graph of operators computes, however it is written.
 *
 * A graph is evaluated operator by operator, from input to output. Its values are of two kinds:
 * tensors, which do not depend on the model's input and whose numbers are known, and rows, which
 * do. Each value of a row is a known function of one value of a stage, which is the input or a
 * fully connected layer's output:
 *
 *	row[i] = scale[i] * f(stage[order[i]]) + shift[i]
 *
 * f is any expression of one variable. So it does not matter how a graph spells an activation, a
 * permutation or a normalization. When the next fully connected layer comes, scale, shift and order
 * go into its weights or into those before it, and f is matched to an activation
 * (trace_activation.c).
 *
 * - trace_evaluate.c: the order of evaluation
 * - trace_tensor.c: tensors: computed at once
 * - trace_shape.c: the input, and shapes of all values
 * - trace_rows.c: rows: collects what is computed from them
 * - trace_units.c: rows as expressions
 * - trace_layers.c: makes layers of rows
 * - trace_ends.c: the network's last operators
 * - trace_activation.c: expressions, and which activation one is
 * - trace_functions.c: functions of single numbers
 *
 * Everything but the resulting model is allocated from the trace's arena. Functions that return a
 * pointer or a bool give NULL or false when the arena is exhausted; trace_memory() says why.
 */
#ifndef FORMAT_TRACE_H
#define FORMAT_TRACE_H

#include "../base/arena.h"
#include "../network/model.h"

#define TRACE_MAX_RANK 8

/* ----------------------------------------------------------------- tensors */

enum tensor_type {
	TENSOR_FLOAT,
	TENSOR_INT, /* NaN stands for an unknown number: the batch size */
	TENSOR_BOOL,
};

/*
 * Numbers of any type, held as doubles: exact for floats, and for integers up to 2^53. A file's
 * weights may stay floats until something other than a layer needs them: tensor_decode() makes
 * values of floats.
 */
struct tensor {
	enum tensor_type type;
	size_t rank;
	size_t dims[TRACE_MAX_RANK];
	size_t n;                      /* of values: the product of dims */
	const double *values;          /* NULL: they are not decoded */
	const unaligned_float *floats; /* the same numbers; NULL: not available */
	bool is_transposed;            /* floats are a matrix of dims[1] rows and dims[0] columns */
	bool is_lasting;               /* floats live as long as the model, which may borrow them */
};

/* -------------------------------------------------------------------- rows */

/* Operators on single values; those with one argument ignore the second. */
typedef double trace_function(double a, double b);

struct stage {
	size_t width;
	size_t layer; /* stage: this layer's output before activation; SIZE_MAX: the input */
	/* The variable of expressions: scale * stage + shift. (width) NULL: the stage itself. */
	const double *scale;
	const double *shift;
	bool has_unit;
	bool is_taken; /* used by the next layer: no other use is possible */
};

struct expression;

struct rows {
	enum tensor_type type;
	struct stage *stage;
	size_t rank;                         /* 0: not known */
	size_t dims[TRACE_MAX_RANK];         /* the first is the batch size, 0 if unknown */
	const double *scale;                 /* (width) NULL: 1 */
	const double *shift;                 /* (width) NULL: 0 */
	const uint32_t *order;               /* (width) NULL: 0, 1, 2... */
	const struct expression *expression; /* of the stage's unit; NULL: the stage */
	const char *op, *node;               /* that expression was made by last */
	bool is_softmax; /* softmax of the stage: nothing more can be computed */
};

enum value_kind {
	VALUE_TENSOR,
	VALUE_ROWS,
	VALUE_OTHER, /* what only its reader understands */
};

struct value {
	enum value_kind kind;
	struct tensor tensor;
	struct rows rows;
	const void *other;
};

/* ------------------------------------------------------------------- trace */

struct trace {
	struct arena arena;
	struct emnist_model *model; /* n_layers of its layers are done; the others are spare */
	size_t n_layers;
	size_t floats_left;                /* that the layers to come may hold */
	const struct expression *variable; /* expression_variable(); NULL: not yet */
	/* The graph's input is 0..255, while vectors are in [0,1]: known from its type, or found
	 * when the first layer uses it. */
	bool takes_bytes;
	/* The operator under evaluation, for messages: "operator OP (node 'NAME')". */
	const char *op;
	const char *node;
	struct emnist_error *error; /* never NULL */
};

/* nbytes: the size of the file. Release with trace_clear(), even after a failure. */
enum emnist_status trace_init(struct trace *trace, size_t nbytes, struct emnist_error *error);

void trace_clear(struct trace *trace);

/* Raises the limit for another file of nbytes. */
void trace_allow(struct trace *trace, size_t nbytes);

/* EMNIST_ERR_LIMIT or EMNIST_ERR_MEMORY: why an allocation failed. */
enum emnist_status trace_memory(const struct trace *trace);

/* Counts n visited values as if they were allocated, which bounds time like memory. False beyond
 * the limit. */
bool trace_spend(struct trace *trace, size_t n);

/* "operator OP (node 'NAME') lacks its input i + 1", EMNIST_ERR_CORRUPT. */
enum emnist_status trace_lacks(const struct trace *trace, size_t i);

/* "operator OP (node 'NAME') is not supported: an operand that should be a constant is computed" */
enum emnist_status trace_refuse_computed(const struct trace *trace);

/* "operator OP (node 'NAME') is not supported: WHY", EMNIST_ERR_UNSUPPORTED. */
enum emnist_status trace_refuse(const struct trace *trace, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * The model that gives these rows, handed over to the caller; model_finish() is still to be called.
 */
enum emnist_status trace_finish(struct trace *trace, const struct rows *rows,
				struct emnist_model **model_ret);

/* -------------------------------------------------------------- evaluation */

/* Inputs of one operator that are read. */
#define TRACE_MAX_INPUTS 64

/* A node as trace_evaluate() sees it. A reader embeds it as the first member of its own node. */
struct trace_node {
	struct value *value; /* NULL: not known yet */
	/* The nodes of its inputs, and whether these are being evaluated. */
	struct trace_node **inputs;
	size_t n_inputs;
	bool is_open;
};

/* Callbacks of a graph reader; graph is the reader's own. Both set trace->op and ->node, for
 * messages. */
struct trace_reader {
	/* The inputs of node, up to TRACE_MAX_INPUTS; NULL for an omitted one. *n_ret is 0 on
	 * entry. */
	enum emnist_status (*inputs)(void *graph, struct trace_node *node,
				     struct trace_node **inputs, size_t *n_ret);
	/* The value of node, computed from its inputs' values. */
	enum emnist_status (*operate)(void *graph, struct trace_node *node,
				      struct value *const *inputs, size_t n_inputs,
				      struct value *value_ret);
};

/* Evaluates node and everything that it depends on. */
enum emnist_status trace_evaluate(struct trace *trace, const struct trace_reader *reader,
				  void *graph, struct trace_node *node);

/* ------------------------------------------------- operators on any values */

/* These two are known to be linear and go into weights where possible. Any other function becomes
 * part of an activation. */
double trace_add(double a, double b);
double trace_subtract(double a, double b);
double trace_multiply(double a, double b);
double trace_divide(double a, double b);

/* The input: rows of this shape, whose first dimension is the batch; rank 0 if unknown. */
enum emnist_status trace_input(struct trace *trace, enum tensor_type type, size_t rank,
			       const size_t *dims, struct value *value_ret);

/* function of each value of a, and of b unless NULL; a tensor result has type `type`. Shapes are
 * broadcast as in NumPy. */
enum emnist_status trace_elementwise(struct trace *trace, trace_function *function,
				     enum tensor_type type, const struct value *a,
				     const struct value *b, struct value *value_ret);

enum emnist_status trace_cast(struct trace *trace, enum tensor_type type, const struct value *a,
			      struct value *value_ret);

/* a b, or a times the transpose of b. A layer, if a are rows. */
enum emnist_status trace_matmul(struct trace *trace, const struct value *a, const struct value *b,
				bool transposed, struct value *value_ret);

/* alpha a b + beta c; b may be transposed, c may be NULL. */
struct trace_gemm {
	bool transposes_b;
	double alpha, beta;
	const struct value *c;
};
enum emnist_status trace_gemm(struct trace *trace, const struct value *a, const struct value *b,
			      const struct trace_gemm *gemm, struct value *value_ret);

/* Of all values of a row. */
enum emnist_status trace_softmax(struct trace *trace, const struct value *a,
				 struct value *value_ret);

/* Joins the probabilities of two classes, a = 1 - b and b = sigmoid(x): the softmax of 0 and x. */
enum emnist_status trace_pair(struct trace *trace, const struct value *a, const struct value *b,
			      struct value *value_ret);

enum emnist_status trace_shape(struct trace *trace, const struct value *a, struct value *value_ret);

/* shape: -1 stands for the remaining values. */
enum emnist_status trace_reshape(struct trace *trace, const struct value *a,
				 const struct tensor *shape, struct value *value_ret);

/* The dimensions of a value; an unknown batch is NaN. dims: (TRACE_MAX_RANK) */
enum emnist_status trace_dims(struct trace *trace, const struct value *a, size_t *rank_ret,
			      double *dims);

/* trace_reshape() with a shape made by the reader. */
enum emnist_status trace_with_dims(struct trace *trace, const struct value *a, size_t rank,
				   const double *dims, struct value *value_ret);

/* An axis of rank dimensions; a negative one counts from the end. */
enum emnist_status trace_axis(struct trace *trace, int64_t axis, size_t rank, size_t *axis_ret);

/* With a dimension of 1 put in at axis. */
enum emnist_status trace_expand_dims(struct trace *trace, const struct value *a, int64_t axis,
				     struct value *value_ret);

enum emnist_status trace_transpose(struct trace *trace, const struct value *a,
				   const struct tensor *permutation, struct value *value_ret);

/* ---------------------------------------------------------- tensors proper */

/* Allocates the values of a tensor of this shape. */
enum emnist_status tensor_make(struct trace *trace, enum tensor_type type, size_t rank,
			       const size_t *dims, struct value *value_ret, double **values_ret);

/* Value i of tensor, decoded or not. */
static inline double tensor_at(const struct tensor *tensor, size_t i)
{
	if (tensor->values)
		return tensor->values[i];
	if (tensor->is_transposed)
		i = i % tensor->dims[1] * tensor->dims[0] + i / tensor->dims[1];
	return (double)tensor->floats[i];
}

/* Converts tensor's floats to values, if it has only floats. */
enum emnist_status tensor_decode(struct trace *trace, struct tensor *tensor);

enum emnist_status tensor_scalar(struct trace *trace, enum tensor_type type, double number,
				 struct value *value_ret);

/* The number of values in a shape as trace_reshape() takes it. */
enum emnist_status tensor_shape_of(struct trace *trace, const struct tensor *shape, size_t n,
				   size_t *rank_ret, size_t *dims_ret);

enum emnist_status tensor_elementwise(struct trace *trace, trace_function *function,
				      enum tensor_type type, const struct tensor *a,
				      const struct tensor *b, struct value *value_ret);

/* For each of n = the product of dims values, the position of its element in a tensor of shape from
 * (rank_from), broadcast to dims as in NumPy; false if the shapes do not fit. */
bool tensor_broadcast(size_t rank, const size_t *dims, size_t rank_from, const size_t *from,
		      size_t *positions);

/* positions: (n), the source element of each place when a tensor of shape dims is transposed;
 * dims_ret: the new shape. permutation: (rank), each of 0..rank-1 once. */
void tensor_transpose(size_t rank, const size_t *dims, const size_t *permutation, size_t *dims_ret,
		      size_t *positions);

/* Elements [begin, end) of each dimension with a step; and whether the dimension is dropped. */
struct tensor_slice {
	double begin, step;
	size_t n;
	bool is_dropped;
};
enum emnist_status tensor_strided(struct trace *trace, const struct tensor *a,
				  const struct tensor_slice *slices, struct value *value_ret);

/* Joins n_parts tensors along axis. */
enum emnist_status tensor_concatenate(struct trace *trace, const struct tensor *const *parts,
				      size_t n_parts, size_t axis, struct value *value_ret);

/* ------------------------------------------------------------- expressions */

const struct expression *expression_variable(struct trace *trace);
const struct expression *expression_number(struct trace *trace, double number);
const struct expression *expression_of(struct trace *trace, trace_function *function,
				       const struct expression *a, const struct expression *b);

/* The recognized form of an expression: scale * activation(x) + shift. */
struct recognized {
	enum emnist_activation activation;
	float alpha;
	float gamma;
	double scale;
	double shift;
};

/* EMNIST_ERR_UNSUPPORTED if it is not a known activation. */
enum emnist_status expression_recognize(struct trace *trace, const struct expression *expression,
					struct recognized *recognized_ret);

#endif
