/*
 * trace_functions.h - functions of single numbers, for trace_elementwise(). Functions of one number
 * ignore the second.
 */
#ifndef FORMAT_TRACE_FUNCTIONS_H
#define FORMAT_TRACE_FUNCTIONS_H

#include "trace.h"

trace_function function_exponential;
trace_function function_exponential_less_one;
trace_function function_logarithm;
trace_function function_logarithm_of_one_more;
trace_function function_square_root;
trace_function function_reciprocal_root;
trace_function function_square;
trace_function function_reciprocal;
trace_function function_absolute;
trace_function function_sign_of;
trace_function function_negation;
trace_function function_relu;
trace_function function_elu;
trace_function function_selu;
trace_function function_sigmoid;
trace_function function_hyperbolic_tangent;
trace_function function_leaky;
/* ELU with an alpha. */
trace_function function_elu_of;
/* trace_multiply() as part of an activation: not collected into weights. */
trace_function function_scaled;
trace_function function_larger;
trace_function function_smaller;
trace_function function_is_less;
trace_function function_is_less_or_equal;
trace_function function_is_greater;
trace_function function_is_greater_or_equal;
trace_function function_is_equal;
trace_function function_is_not_equal;
trace_function function_both;
trace_function function_either;
trace_function function_power;
trace_function function_floor_quotient;
trace_function function_floor_remainder;
trace_function function_squared_difference;

#endif
