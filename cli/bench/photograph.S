/* A JPEG photograph of 500x500 pixels, in color, at quality 75: what draw_photograph(3, 500) gives,
 * packed by Pillow 13.0 (Image.open(pgm).convert("RGB").save(jpg, quality=75)). */
	.section .rodata
	.globl photograph_jpg
	.hidden photograph_jpg
	.type photograph_jpg, @object
photograph_jpg:
	.incbin "photograph.jpg"
	.globl photograph_jpg_end
	.hidden photograph_jpg_end
photograph_jpg_end:
	.size photograph_jpg, . - photograph_jpg
	.section .note.GNU-stack, "", %progbits
