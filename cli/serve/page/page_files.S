/* The files of the web page. */
	.section .rodata
	.macro file name, path
	.globl \name
	.hidden \name
	.type \name, @object
\name:
	.incbin "\path"
	.globl \name\()_end
	.hidden \name\()_end
\name\()_end:
	.size \name, . - \name
	.endm
	file page_html, "page.html"
	file page_css, "page.css"
	file page_js, "page.js"
	.section .note.GNU-stack, "", %progbits
