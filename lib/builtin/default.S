/* The default model's file, as it is, and its panels (panels.h) as pack_model.c makes them, in the
 * read-only data of the library. Without panels, or on a big-endian machine, they are
 * made when the model is read. */
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
	.globl default_panels
	.hidden default_panels
	.type default_panels, @object
default_panels:
#if defined(DEFAULT_PANELS) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	.incbin DEFAULT_PANELS
#endif
	.globl default_panels_end
	.hidden default_panels_end
default_panels_end:
	.size default_panels, . - default_panels
	.section .note.GNU-stack, "", %progbits
