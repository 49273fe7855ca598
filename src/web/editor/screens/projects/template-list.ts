import type { Texts } from "../../texts/texts.ts";

/** No template. */
export const EMPTY = "empty";
/** What the server can make a project of, as its addresses name it. */
export const TEMPLATES = [
	"class-lamp",
	"thermometer",
	"shake-counter",
	"quiz-buttons",
	"traffic-light",
	"music-wall",
] as const;

/** All that a project can begin with. */
export type TemplateId = (typeof TEMPLATES)[number] | typeof EMPTY;

/** Words for a template. */
export function templateText(projects: Texts["projects"], id: TemplateId) {
	return projects.templateTexts[id];
}

export const CHOICES: readonly TemplateId[] = [...TEMPLATES, EMPTY];
