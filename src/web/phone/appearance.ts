import { computed, effect, signal } from "@preact/signals";
import { keepChoice, keptChoice } from "../editor/kept.ts";
import { en } from "./texts/en.ts";
import { zh } from "./texts/zh.ts";

// As the editor keeps them: what was chosen in one holds in the other.
const THEME = "iottalk-theme";
const LANGUAGE = "iottalk-language";
const THEMES = ["system", "light", "dark"] as const;

export type Theme = (typeof THEMES)[number];
export type Language = "zh" | "en";

export const theme = signal<Theme>("system");
export const language = signal<Language>("en");

/** All words in the reader's language. */
export const texts = computed(() => (language.value === "zh" ? zh : en));

export function themeOf(kept: string | null): Theme {
	return THEMES.find((one) => one === kept) ?? "system";
}

/** @param chosen What the reader chose before. @param preferred The browser's language. */
export function languageOf(chosen: string | null, preferred: string): Language {
	return (chosen ?? preferred).toLowerCase().startsWith("zh") ? "zh" : "en";
}

export function themeAfter(current: Theme): Theme {
	return THEMES[(THEMES.indexOf(current) + 1) % THEMES.length] ?? "system";
}

/** Takes up what was chosen before, and has the document follow. */
export function startAppearance(): void {
	theme.value = themeOf(keptChoice(THEME));
	language.value = languageOf(keptChoice(LANGUAGE), navigator.language);
	const root = document.documentElement;
	effect(() => {
		root.lang = texts.value.lang;
	});
	effect(() => {
		if (theme.value === "system") delete root.dataset.theme;
		else root.dataset.theme = theme.value;
	});
}

export function switchTheme(): void {
	theme.value = themeAfter(theme.value);
	keepChoice(THEME, theme.value);
}

export function switchLanguage(): void {
	language.value = language.value === "zh" ? "en" : "zh";
	keepChoice(LANGUAGE, language.value);
}
