import { texts } from "../../texts/texts.ts";
import { type TemplateId, templateText } from "./template-list.ts";

/** Points of what flows on the two wires, across 44 × 14. */
const LINES: Readonly<Record<TemplateId, readonly [string, string] | undefined>> = {
	empty: undefined,
	"class-lamp": ["0,4 8,11 16,3 24,9 32,5 44,12", "0,5 8,12 16,4 24,10 32,6 44,13"],
	thermometer: ["0,9 8,8 16,9 24,6 32,5 44,3", "0,11 8,10 16,11 24,6 32,5 44,2"],
	"shake-counter": [
		"0,7 6,1 12,13 18,2 24,12 30,4 36,10 44,7",
		"0,13 10,13 10,9 22,9 22,5 34,5 34,1 44,1",
	],
	"quiz-buttons": ["0,10 9,10 9,4 20,4 20,12 31,12 31,7 44,7", "0,13 12,11 20,8 30,6 44,2"],
	"traffic-light": ["0,12 8,9 16,10 24,5 32,6 44,2", "0,12 15,12 15,7 30,7 30,2 44,2"],
	"music-wall": [
		"0,12 7,12 7,6 15,6 15,9 24,9 24,3 34,3 34,7 44,7",
		"0,7 4,2 8,12 12,2 16,12 22,4 28,10 34,5 44,7",
	],
};

/** What a template is, at a glance: a device, a function and what comes out. Its words stand beside it. */
export function TemplatePicture({ id }: { readonly id: TemplateId }) {
	const lines = LINES[id];
	const { from, to } = templateText(texts.value.projects, id);
	return (
		<svg class="projects-picture" viewBox="0 0 280 96" aria-hidden="true">
			{lines === undefined ? (
				<Blank />
			) : (
				<>
					<path class="projects-wire" d="M84 48h112" />
					<rect class="projects-block projects-in" x="6" y="28" width="78" height="40" rx="8" />
					<circle class="projects-in" cx="84" cy="48" r="5" />
					<text x="45" y="53">
						{from}
					</text>
					<circle class="projects-join" cx="140" cy="48" r="20" />
					<text x="140" y="54">
						ƒ
					</text>
					<rect class="projects-block projects-out" x="196" y="28" width="78" height="40" rx="8" />
					<circle class="projects-out" cx="196" cy="48" r="5" />
					<text x="235" y="53">
						{to}
					</text>
					<polyline class="projects-line" transform="translate(90 14)" points={lines[0]} />
					<polyline class="projects-line" transform="translate(146 74)" points={lines[1]} />
				</>
			)}
		</svg>
	);
}

/** Three places with nothing in them. */
function Blank() {
	return (
		<g class="projects-blank">
			<rect x="6" y="28" width="78" height="40" rx="8" />
			<circle cx="140" cy="48" r="20" />
			<rect x="196" y="28" width="78" height="40" rx="8" />
		</g>
	);
}
