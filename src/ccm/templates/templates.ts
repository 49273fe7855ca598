import shakeCounterEn from "./shake-counter.en.json" with { type: "json" };
import shakeCounterZh from "./shake-counter.zh.json" with { type: "json" };
import thermometerEn from "./thermometer.en.json" with { type: "json" };
import thermometerZh from "./thermometer.zh.json" with { type: "json" };

/** Languages that projects, joins and comments of a template are written in. */
export type TemplateLanguage = "en" | "zh";

/** A project to begin with. */
export interface Template {
	readonly name: string;
	/** Exported projects with a bundle, as the editor makes them; a test imports each. */
	readonly files: Readonly<Record<TemplateLanguage, TemplateFile>>;
}

/** What is read of a file here; the import checks all of it. */
export interface TemplateFile {
	readonly project: {
		readonly p_name: string;
		readonly DeviceObject: Readonly<Record<string, { readonly dm_name: string }>>;
		readonly NetworkApplication: readonly object[];
	};
	readonly bundle: {
		readonly Function: readonly { readonly fn_name: string; readonly code: string }[];
	};
}

/** In the order in which they are offered. */
export const TEMPLATES: readonly Template[] = [
	{ name: "thermometer", files: { en: thermometerEn, zh: thermometerZh } },
	{ name: "shake-counter", files: { en: shakeCounterEn, zh: shakeCounterZh } },
];
