// Words of the function editor, which come with what is loaded lazily and needs them.
import { computed } from "@preact/signals";
import { texts } from "../texts/texts.ts";

export const codeTexts = computed(() => texts.value.code);
export const problemTexts = computed(() => texts.value.problems);
