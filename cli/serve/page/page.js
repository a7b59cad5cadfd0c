/*
 * page.js - drawing, dropping and pasting; without it the form works, too.
 *
 * The server writes the answer as part of a page, the same as for the form: here it is only put in
 * its place. While one answer is awaited, changes wait: the next question asks about the last.
 */
'use strict';

const SIDE = 280; /* pixels of the drawing as it is sent */
const PEN = 0.06; /* the width of a stroke, as a share of the side */
const PAUSE = 120; /* milliseconds from a change of the drawing to the question */

const find = (id) => document.getElementById(id);
const form = find('form'), canvas = find('canvas'), picture = find('picture'), hint = find('hint');
const answer = find('answer'), spoken = find('spoken');

let strokes = []; /* of points {x, y, width}, as shares of the side */
let stroke = null; /* the one that is being drawn */
let turn = 0; /* counts what is asked about: answers to what is gone are dropped */
let timer = 0, asking = false, changed = false;

/* ------------------------------------------------------------------- drawing */

function drawSegment(context, from, to) {
	const side = context.canvas.width;
	context.lineCap = 'round';
	context.lineWidth = (from.width + to.width) / 2 * side;
	context.beginPath();
	context.moveTo(from.x * side, from.y * side + 0.01); /* a dot, too, has a length */
	context.lineTo(to.x * side, to.y * side);
	context.stroke();
}

function draw(context, color) {
	context.strokeStyle = color;
	for (const points of strokes)
		points.forEach((point, i) => drawSegment(context, points[Math.max(i - 1, 0)], point));
}

function ink() {
	return getComputedStyle(canvas).color;
}

function redraw() {
	const context = canvas.getContext('2d');
	context.clearRect(0, 0, canvas.width, canvas.height);
	draw(context, ink());
	hint.hidden = strokes.length > 0 || !picture.hidden;
}

/* Dark on white, whatever the colors of the screen. */
function drawingAsFile() {
	const sheet = document.createElement('canvas');
	sheet.width = sheet.height = SIDE;
	const context = sheet.getContext('2d');
	context.fillStyle = '#fff';
	context.fillRect(0, 0, SIDE, SIDE);
	draw(context, '#000');
	return new Promise((resolve) => sheet.toBlob(resolve, 'image/png'));
}

function pointOf(event) {
	const box = canvas.getBoundingClientRect();
	const pressed = event.pointerType === 'pen' && event.pressure > 0;
	return {
		x: (event.clientX - box.left) / box.width,
		y: (event.clientY - box.top) / box.height,
		width: PEN * (pressed ? 0.5 + event.pressure : 1),
	};
}

function addPoint(event) {
	const point = pointOf(event);
	const context = canvas.getContext('2d');
	context.strokeStyle = ink();
	drawSegment(context, stroke.at(-1) || point, point);
	stroke.push(point);
}

canvas.addEventListener('pointerdown', (event) => {
	if (!event.isPrimary || event.button !== 0)
		return;
	event.preventDefault();
	if (!picture.hidden || form.image.files.length)
		start(null);
	canvas.setPointerCapture(event.pointerId);
	stroke = [];
	strokes.push(stroke);
	hint.hidden = true;
	addPoint(event);
	ask(PAUSE);
});

canvas.addEventListener('pointermove', (event) => {
	if (!stroke || !event.isPrimary)
		return;
	const events = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
	for (const each of events.length ? events : [event])
		addPoint(each);
	ask(PAUSE);
});

for (const name of ['pointerup', 'pointercancel'])
	canvas.addEventListener(name, (event) => {
		if (stroke && event.isPrimary) {
			stroke = null;
			ask(0);
		}
	});

/* --------------------------------------------------------- pictures and buttons */

/* Begins anew: with an image file, or null for an empty sheet. */
function start(file) {
	const files = new DataTransfer();
	if (file)
		files.items.add(file);
	form.image.files = files.files;
	URL.revokeObjectURL(picture.src);
	picture.removeAttribute('src');
	picture.hidden = true;
	strokes = [];
	stroke = null;
	turn++;
	hint.textContent = file ? file.name : 'Draw here';
	if (file)
		picture.src = URL.createObjectURL(file);
	redraw();
	if (file)
		ask(0);
	else
		say('');
}

/* Formats that the browser does not show keep the name in their place. */
picture.addEventListener('load', () => {
	picture.alt = form.image.files.length ? form.image.files[0].name : '';
	picture.hidden = false;
	hint.hidden = true;
});

function undo() {
	if (form.image.files.length || strokes.length < 2) {
		start(null);
		return;
	}
	strokes.pop();
	redraw();
	ask(0);
}

find('undo').addEventListener('click', undo);
find('clear').addEventListener('click', () => start(null));
form.image.addEventListener('change', () => start(form.image.files[0] || null));
form.classes.addEventListener('change', () => ask(0));
form.merge_case.addEventListener('change', () => ask(0));
form.addEventListener('submit', (event) => event.preventDefault());

document.addEventListener('keydown', (event) => {
	if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key === 'z') {
		event.preventDefault();
		undo();
	}
});

document.addEventListener('paste', (event) => {
	const files = event.clipboardData.files;
	if (files.length)
		start(files[0]);
	else
		say('The clipboard has no picture.');
});

document.addEventListener('dragover', (event) => {
	event.preventDefault();
	document.body.classList.add('dropping');
});
document.addEventListener('dragleave', () => document.body.classList.remove('dropping'));
document.addEventListener('drop', (event) => {
	event.preventDefault();
	document.body.classList.remove('dropping');
	if (event.dataTransfer.files.length)
		start(event.dataTransfer.files[0]);
	else
		say('What was dropped is not a file.');
});

/* ------------------------------------------------------------------- answers */

/* A problem, or nothing, in place of an answer. */
function say(problem) {
	const line = document.createElement('p');
	line.className = 'problem';
	line.textContent = problem;
	answer.replaceChildren(...(problem ? [line] : []));
	spoken.textContent = problem;
}

function show(html) {
	const page = new DOMParser().parseFromString(html, 'text/html');
	const line = page.querySelector('.words, .problem');
	answer.replaceChildren(...page.body.childNodes);
	if (!stroke && spoken.textContent !== line.textContent)
		spoken.textContent = line.textContent;
}

/* The answer in HTML; or an error that is thrown. What is refused before it comes to the page is
 * answered in JSON; by a proxy, in anything. */
async function question() {
	const body = new FormData(form);
	if (!form.image.files.length)
		body.set('image', await drawingAsFile(), 'drawing.png');
	const response = await fetch('/emnist/result?answer', { method: 'POST', body });
	const text = await response.text();
	if (/^<[^>]* class="(problem|warning|verdict)"/.test(text))
		return text;
	let why = `status ${response.status}`;
	try {
		why = JSON.parse(text).error || why;
	} catch {
	}
	throw new Error(`The server gave no answer: ${why}.`);
}

async function asked() {
	timer = 0;
	changed = true;
	if (asking)
		return;
	asking = true;
	answer.setAttribute('aria-busy', 'true');
	while (changed && (strokes.length || form.image.files.length)) {
		const mine = turn;
		changed = false;
		try {
			const html = await question();
			if (mine === turn)
				show(html);
		} catch (error) {
			if (mine === turn)
				say(error instanceof TypeError ? 'The server cannot be reached.' : error.message);
		}
	}
	asking = false;
	answer.removeAttribute('aria-busy');
}

/* Changes that follow each other fast share a question. */
function ask(milliseconds) {
	if (milliseconds === 0)
		clearTimeout(timer);
	else if (timer)
		return;
	timer = setTimeout(asked, milliseconds);
}

/* ---------------------------------------------------------------------- start */

find('drawing').hidden = false;
find('ways').hidden = false;
find('submit').hidden = true;
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
if (form.image.files.length)
	start(form.image.files[0]);
