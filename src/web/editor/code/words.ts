// Words of the function editor, in a file of their own: they are loaded with it, not with the first page.
import { computed } from "@preact/signals";
import { loadTexts, texts } from "../texts/texts.ts";

await loadTexts("code");

export const codeTexts = computed(() => texts.value.code);
export const problemTexts = computed(() => texts.value.problems);
