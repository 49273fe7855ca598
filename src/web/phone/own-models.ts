import type { Feature, Param } from "./features.ts";

/** What a page that is a device by itself registers as. */
export interface OwnModel {
	/** Its model (`profile.model`). */
	readonly model: string;
	readonly features: readonly Feature[];
}

const param = (type: string, min = 0, max = 0): Param => ({ type, min, max });
const several = (count: number, one: Param): Param[] => Array.from({ length: count }, () => one);
const WHOLE = param("int");
const REAL = param("float");
const UNIT = param("float", 0, 1);

const input = (name: string, ...params: Param[]): Feature => ({ name, type: "input", params });
const output = (name: string, ...params: Param[]): Feature => ({ name, type: "output", params });
const numbered = (stem: string, count: number, ...params: Param[]): Feature[] =>
	Array.from({ length: count }, (_, index) => input(`${stem}-I${index + 1}`, ...params));

const COLOUR = several(3, param("int", 0, 255));
const LAMP = output("Color-O", ...several(3, WHOLE));
const DISPLAY = output("Display-O", param("json"));
const VIBRATION = output("Vibration-O", param("int", 0, 1));

/** By the last part of the address; features and their values as in the default data of the project manager. */
export const OWN_MODELS: ReadonlyMap<string, OwnModel> = new Map(
	Object.entries<OwnModel>({
		Smartphone: {
			model: "Smartphone",
			features: [
				...[DISPLAY, LAMP, VIBRATION],
				input("Color-I1", ...COLOUR),
				input("Button-I1", WHOLE),
				input("Knob-I1", UNIT),
				input("Acceleration-I", ...several(3, UNIT)),
				input("Gyroscope-I", ...several(3, UNIT)),
				input("Orientation-I", ...several(3, param("float", 0, 180))),
				input("Microphone-I", param("int", 0, 1)),
				input("Geolocation-I", param("float", -90, 90), param("float", -180, 180)),
			],
		},
		Bulb: { model: "Bulb", features: [LAMP, output("Luminance-O", param("int", 0, 4))] },
		Remote_control: {
			model: "Remote_control",
			features: [
				...numbered("Button", 9, WHOLE),
				...numbered("Color", 10, ...COLOUR),
				...numbered("Keypad", 9, WHOLE),
				...numbered("Knob", 9, UNIT),
				...numbered("Switch", 9, WHOLE),
				input("PptControl-I", param("string")),
			],
		},
		Dummy: {
			model: "Dummy_Device",
			features: [output("DummyControl-O", REAL), input("DummySensor-I", REAL)],
		},
		Screen: { model: "Screen", features: [DISPLAY, LAMP, VIBRATION] },
		Chart: { model: "Chart", features: [output("Number-O", WHOLE)] },
		MusicBox: {
			model: "MusicBox",
			features: [
				...[output("Key-O", WHOLE), output("Volume-O", REAL), output("C-O", WHOLE)],
				...[output("L-O", REAL), output("Mode-O", WHOLE), output("N-O", WHOLE)],
				...[output("Period-O", WHOLE), output("Song-O", param("json", 0, 1))],
			],
		},
	}),
);
