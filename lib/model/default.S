/* The default model's file, as it is, and its strips (strips.h) as lay_out.c makes them, in the
 * read-only data of the library. Without strips they are made when the model is read. */
	.section .rodata
	.balign 64
	.globl default_onnx
	.hidden default_onnx
	.type default_onnx, @object
default_onnx:
	.incbin "default.onnx"
	.globl default_onnx_end
	.hidden default_onnx_end
default_onnx_end:
	.size default_onnx, . - default_onnx

	.balign 64
	.globl default_strips
	.hidden default_strips
	.type default_strips, @object
default_strips:
#ifdef DEFAULT_STRIPS
	.incbin DEFAULT_STRIPS
#endif
	.globl default_strips_end
	.hidden default_strips_end
default_strips_end:
	.size default_strips, . - default_strips
	.section .note.GNU-stack, "", %progbits
