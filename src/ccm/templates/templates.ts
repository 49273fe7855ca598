import classLampEn from "./class-lamp.en.json" with { type: "json" };
import classLampZh from "./class-lamp.zh.json" with { type: "json" };
import musicWallEn from "./music-wall.en.json" with { type: "json" };
import musicWallZh from "./music-wall.zh.json" with { type: "json" };
import quizButtonsEn from "./quiz-buttons.en.json" with { type: "json" };
import quizButtonsZh from "./quiz-buttons.zh.json" with { type: "json" };
import shakeCounterEn from "./shake-counter.en.json" with { type: "json" };
import shakeCounterZh from "./shake-counter.zh.json" with { type: "json" };
import thermometerEn from "./thermometer.en.json" with { type: "json" };
import thermometerZh from "./thermometer.zh.json" with { type: "json" };
import trafficLightEn from "./traffic-light.en.json" with { type: "json" };
import trafficLightZh from "./traffic-light.zh.json" with { type: "json" };

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
	{ name: "class-lamp", files: { en: classLampEn, zh: classLampZh } },
	{ name: "thermometer", files: { en: thermometerEn, zh: thermometerZh } },
	{ name: "shake-counter", files: { en: shakeCounterEn, zh: shakeCounterZh } },
	{ name: "quiz-buttons", files: { en: quizButtonsEn, zh: quizButtonsZh } },
	{ name: "traffic-light", files: { en: trafficLightEn, zh: trafficLightZh } },
	{ name: "music-wall", files: { en: musicWallEn, zh: musicWallZh } },
];
