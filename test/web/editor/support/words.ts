import {
	type Language,
	language,
	loadTexts,
	type TextsPart,
} from "../../../../src/web/editor/texts/texts.ts";

const LANGUAGES: readonly Language[] = ["zh", "en"];
const PARTS: readonly TextsPart[] = [
	"page",
	"project",
	"later",
	"invite",
	"projects",
	"screens",
	"code",
];

/** Loads all words of the editor in both languages; the language is English then. */
export async function loadAllTexts(): Promise<void> {
	for (const one of LANGUAGES) {
		language.value = one;
		for (const part of PARTS) await loadTexts(part);
	}
}
