import type { SeedFeature, SeedParam } from "./seed-file.ts";

/** Parameters of a feature, by what they measure. */
const param = (param_type: "int" | "float" | "string" | "json", min = 0, max = 0) => ({
	param_type,
	min,
	max,
});
const three = (one: SeedParam): SeedParam[] => [one, one, one];

const WHOLE = param("int");
const REAL = param("float");
const UNIT = param("float", 0, 1);
const TEXT = param("string");
const JSON_VALUE = param("json");
const BIT = param("int", 0, 1);
const PWM = param("int", 0, 255);

/** Features that exist in both directions, by their name without ending. */
const PAIRS: Readonly<Record<string, readonly SeedParam[]>> = {
	Acceleration: three(UNIT),
	C: [WHOLE],
	Gyroscope: three(UNIT),
	Humidity: [REAL],
	Key: [WHOLE],
	L: [REAL],
	Mode: [WHOLE],
	N: [WHOLE],
	Orientation: three(param("float", 0, 180)),
	Period: [WHOLE],
	Song: [param("json", 0, 1)],
	UV: [REAL],
	Volume: [REAL],
	// EduTalk: values and the name of the sender.
	EduAcc: [...three(UNIT), TEXT],
	EduGyr: [...three(UNIT), TEXT],
	EduOri: [...three(param("float", 0, 180)), TEXT],
	EduMag: [...three(param("float", 0, 360)), TEXT],
	EduHum: [REAL, TEXT],
	EduUV: [REAL, TEXT],
	EduAlc: [REAL, TEXT],
};

/** Features of one direction, by their full name. */
const SINGLE: Readonly<Record<string, readonly SeedParam[]>> = {
	// Sensors
	"DummySensor-I": [REAL],
	"Float-I": [UNIT],
	"Geolocation-I": [param("float", -90, 90), param("float", -180, 180)],
	"HBR-I": [param("float", 0, 200)],
	"Location-I": [JSON_VALUE],
	"Mag-I": three(UNIT),
	"Microphone-I": [BIT],
	"PptControl-I": [TEXT],
	"RnFloat-I": [UNIT],
	"Smile-I": [param("int", 0, 100)],
	"Temp-I": [REAL],
	// Controls
	"Angle-O": [UNIT],
	"Back-O": [WHOLE],
	"Color-O": three(WHOLE),
	"Controller-O": [WHOLE],
	"Display-O": [JSON_VALUE],
	"DummyControl-O": [REAL],
	"End-O": [WHOLE],
	"Forward-O": [WHOLE],
	"Friction-O": [UNIT],
	"Gravity-O": [param("float", 0, 10)],
	"Height-O": [REAL],
	"Luminance-O": [param("int", 0, 4)],
	"Mass-O": [param("float", 0, 0.1)],
	"Number-O": [WHOLE],
	"OneDimLogger-O": [REAL, TEXT, TEXT],
	"Scale-O": [UNIT],
	"Size-O": [UNIT],
	"Speed-O": [param("float", 0, 50)],
	"SpringConst-O": [param("int", 0, 50)],
	"Stick-O": three(WHOLE),
	"Suspend-O": [WHOLE],
	"Vibration-O": [BIT],
};

/** Numbered features: stem, first and last number, parameters. */
const NUMBERED: readonly (readonly [string, number, number, readonly SeedParam[]])[] = [
	["Acceleration-O", 1, 2, three(UNIT)],
	["Button-I", 1, 9, [WHOLE]],
	["Color-I", 1, 10, three(PWM)],
	["Keypad-I", 1, 9, [WHOLE]],
	["Knob-I", 1, 9, [UNIT]],
	["Name-O", 1, 9, [TEXT]],
	[
		"Orientation-O",
		1,
		2,
		[param("float", 0, 360), param("float", -180, 180), param("float", -90, 90)],
	],
	["Switch-I", 1, 9, [WHOLE]],
	["Switch-O", 1, 16, [WHOLE]],
];

/** Pins of a board: analogue, digital, with pulse width. */
const PINS: Readonly<Record<string, readonly SeedParam[]>> = {
	...Object.fromEntries([0, 1, 2, 3, 4, 5].map((pin) => [`A${pin}-I`, [param("int", 0, 1023)]])),
	...Object.fromEntries([2, 3, 4, 7, 8].map((pin) => [`D${pin}-O`, [BIT]])),
	...Object.fromEntries([5, 6, 9].map((pin) => [`D${pin}Pwm-O`, [PWM]])),
};

/** Names `stem` + from … to. */
export function numbered(stem: string, first: number, last: number): string[] {
	return Array.from({ length: last - first + 1 }, (_, index) => `${stem}${first + index}`);
}

/** The features of the default data (`ccm-gui.md §9`), sorted by name. */
export function seedFeatures(): SeedFeature[] {
	const all = new Map<string, readonly SeedParam[]>([
		...Object.entries(PAIRS).flatMap(([stem, params]) =>
			["I", "O"].map((end): [string, readonly SeedParam[]] => [`${stem}-${end}`, params]),
		),
		...Object.entries(SINGLE),
		...NUMBERED.flatMap(([stem, first, last, params]) =>
			numbered(stem, first, last).map((name): [string, readonly SeedParam[]] => [name, params]),
		),
		...Object.entries(PINS),
	]);
	return [...all]
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([df_name, params]) => ({
			df_name,
			df_type: /-I\d*$/.test(df_name) ? "input" : "output",
			df_parameter: [...params],
		}));
}
