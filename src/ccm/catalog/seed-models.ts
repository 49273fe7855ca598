import { numbered } from "./seed-features.ts";
import type { SeedModel } from "./seed-file.ts";

/** Models in which a feature's name stands for a family the user picks a number of. */
const PLURAL: ReadonlySet<string> = new Set(["Message", "Remote_control"]);

const MODELS: Readonly<Record<string, readonly string[]>> = {
	// For first steps
	Dummy_Device: ["DummySensor-I", "DummyControl-O"],
	RandNum: ["RnFloat-I"],
	Message: numbered("Name-O", 1, 9),
	// Phones and what they hold
	Smartphone: ["Acceleration-I", "Gyroscope-I", "Microphone-I", "Orientation-I", "Display-O"],
	GPS: ["Geolocation-I"],
	Locator: ["Location-I"],
	Remote_control: [
		...numbered("Button-I", 1, 9),
		...numbered("Color-I", 1, 10),
		...numbered("Keypad-I", 1, 9),
		...numbered("Knob-I", 1, 9),
		...numbered("Switch-I", 1, 9),
		"PptControl-I",
	],
	// Boards and things
	Cajon: ["Stick-O"],
	Fan: ["Controller-O"],
	"Intel-Cam": ["Smile-I", "HBR-I"],
	Jack: ["Switch-O1"],
	Koala: ["Acceleration-I", "Gyroscope-I"],
	Lamp: ["Luminance-O"],
	MCU_board: [
		...numbered("A", 0, 5).map((pin) => `${pin}-I`),
		...["D2", "D3", "D4", "D5Pwm", "D6Pwm", "D7", "D8", "D9Pwm"].map((pin) => `${pin}-O`),
	],
	MorSensor: ["Acceleration-I", "Gyroscope-I", "Mag-I", "Humidity-I", "Temp-I", "UV-I", "Color-I1"],
	Qmote: ["Button-I1"],
	Tail: ["Vibration-O"],
	Webcam: ["Smile-I"],
	// Pages: light, text, pictures, music
	Bulb: ["Color-O", "Luminance-O"],
	Chart: ["Number-O"],
	Dandelion: ["Size-O", "Angle-O", "Color-O"],
	MBoxCtl: ["C-I", "Key-I", "L-I", "Mode-I", "N-I", "Period-I", "Song-I", "Volume-I"],
	MusicBox: ["C-O", "Key-O", "L-O", "Mode-O", "N-O", "Period-O", "Song-O", "Volume-O"],
	Screen: ["Display-O", "Color-O", "Vibration-O"],
	Painting: ["Forward-O", "Back-O", "Suspend-O", "End-O"],
	Skeleton: ["Size-O", "Angle-O", "Color-O"],
	// Pages: games
	Bombman: [...numbered("Acceleration-O", 1, 2), ...numbered("Orientation-O", 1, 2)],
	Paddle: numbered("Orientation-O", 1, 2),
	SnakeMove: ["Orientation-O1"],
	// Pages: physics
	"Ball-Reflect": ["Number-O"],
	"Ball-Slid": ["Angle-O", "Friction-O", "Gravity-O", "Speed-O"],
	"Ball-Spin": ["Friction-O", "Speed-O"],
	"Ball-Spring": ["Mass-O", "SpringConst-O"],
	"Ball-throw1": ["Angle-O", "Height-O", "Speed-O"],
	"Ball-throw2": ["Speed-O"],
	SimpleLogger: [
		...["Acc", "Gyr", "Ori", "Mag", "Hum", "UV", "Alc"].map((what) => `Edu${what}-O`),
		"OneDimLogger-O",
	],
};

/** The models of the default data (`ccm-gui.md §9`), sorted by name. */
export function seedModels(): SeedModel[] {
	return Object.entries(MODELS)
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([dm_name, df_list]) => ({
			dm_name,
			plural: PLURAL.has(dm_name),
			df_list: [...df_list],
		}));
}
