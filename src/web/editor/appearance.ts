import { effect, signal } from "@preact/signals";
import { keepChoice, keptChoice } from "./kept.ts";
import { language, texts } from "./texts/texts.ts";

const LANGUAGE = "iottalk-language";
const THEME = "iottalk-theme";

export type Theme = "light" | "dark" | "system";

/** The theme the reader has chosen. */
export const theme = signal<Theme>("system");

/** The language of a reader. @param chosen What the reader chose before. */
export function languageFor(chosen: string | null, preferred: string): "zh" | "en" {
	return (chosen ?? preferred).toLowerCase().startsWith("zh") ? "zh" : "en";
}

export function themeOf(kept: string | null): Theme {
	return kept === "light" || kept === "dark" ? kept : "system";
}

/** Takes up what was chosen before, and has the document follow what is chosen. */
export function startAppearance(): void {
	language.value = languageFor(keptChoice(LANGUAGE), navigator.language);
	theme.value = themeOf(keptChoice(THEME));
	const root = document.documentElement;
	effect(() => {
		root.lang = texts.value.lang;
	});
	effect(() => {
		if (theme.value === "system") delete root.dataset.theme;
		else root.dataset.theme = theme.value;
	});
}

export function chooseLanguage(chosen: "zh" | "en"): void {
	language.value = chosen;
	keepChoice(LANGUAGE, chosen);
}

export function chooseTheme(chosen: Theme): void {
	theme.value = chosen;
	keepChoice(THEME, chosen);
}
