// Words of the monitor, in a file of their own: they are loaded with it, not with the first page.
import { computed } from "@preact/signals";
import * as monitor from "../texts/monitor.ts";
import { language } from "../texts/texts.ts";

export const monitorTexts = computed(() => (language.value === "zh" ? monitor.zh : monitor.en));
