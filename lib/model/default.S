/* The default model's file, as it is, in the read-only data of the library. */
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
	.section .note.GNU-stack, "", %progbits
