// Words of the function editor, in a file of their own: they are loaded with it, not with the first page.
import { computed } from "@preact/signals";
import * as code from "../texts/code.ts";
import * as problems from "../texts/problems.ts";
import { language } from "../texts/texts.ts";

export const codeTexts = computed(() => (language.value === "zh" ? code.zh : code.en));
export const problemTexts = computed(() => (language.value === "zh" ? problems.zh : problems.en));
