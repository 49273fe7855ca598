import { describe, expect, test } from "bun:test";
import type { Join, Port, ProjectDocument } from "../../../../src/contract/mod.ts";
import { columnsOf } from "../../../../src/web/editor/monitor/columns.ts";
import { csvOf } from "../../../../src/web/editor/monitor/csv.ts";
import { MAX_AGE_MS, MAX_ROWS, Recording } from "../../../../src/web/editor/monitor/recording.ts";
import { seriesOf } from "../../../../src/web/editor/monitor/series.ts";

const port = (dfo_id: number, df_name: string, param_no: number): Port => ({
	...{ dfo_id, df_id: dfo_id, df_name, alias_name: df_name, param_no, tags: [], tag_param_no: 0 },
	df_type: df_name.endsWith("-O") ? "output" : "input",
});
const link = ({ dfo_id, param_no }: Port, fn_id: number | null = null) => ({
	dfo_id,
	params: Array.from({ length: param_no }, () => ({
		...{ idf_type: "sample" as const, fn_id, min: 0, max: 0, normalization: false },
	})),
});
const [TEMP, COLOR, LAMP] = [port(1, "Temp-I", 1), port(2, "Color-I1", 3), port(3, "Color-O", 3)];
const PORTS = [TEMP, COLOR, LAMP];
const documentWith = (join: Join): ProjectDocument => ({
	...{ p_id: 1, p_name: "p", u_id: 1, rev: 1, status: "on", sim: "off", joins: [join] },
	blocks: [{ do_id: 1, dm_id: 1, dm_name: "m", seats: null, bindings: [], ports: PORTS }],
});
const joinOf = (...links: Join["links"]): Join => ({
	...{ na_id: 7, na_name: "Join 1", na_idx: 0, fn_id: null, crowd: "each", links },
});
const groupsOf = (join: Join) => columnsOf(documentWith(join), join);
const at = (ms: number) => new Date(Date.UTC(2026, 0, 2) + ms);
const sample = (ms: number, dfoId: number | null, value: string, input?: string) => ({
	...{ at: at(ms), naId: 7, dfoId, value, ...(input !== undefined && { input }) },
});
const labels = (join: Join) =>
	groupsOf(join).map(({ columns }) => columns.map(({ label }) => label).join(" "));

describe("columns of a monitor", () => {
	test("one input and one output: x, z, y", () => {
		expect(labels(joinOf(link(TEMP), link(LAMP)))).toEqual(["x1", "z", "y1 y2 y3"]);
	});

	test("several inputs are numbered, and have what their function gave", () => {
		expect(labels(joinOf(link(TEMP, 5), link(COLOR), link(LAMP)))).toEqual([
			"1.x1 z1",
			"2.x1 2.x2 2.x3",
			"z",
			"y1 y2 y3",
		]);
	});

	test("a crowd has one for the seat, which is not drawn", () => {
		const join = joinOf(link(TEMP), link(LAMP));
		const document = {
			...documentWith(join),
			blocks: documentWith(join).blocks.map((one) => ({ ...one, seats: 40 })),
		};
		const groups = columnsOf(document, join);
		expect(groups.map(({ kind }) => kind)).toEqual(["seat", "input", "join", "output"]);
		const recording = new Recording();
		recording.add([
			{ ...sample(0, 1, "[1]", "[1]"), seat: 4 },
			{ ...sample(0, null, "[1]"), seat: 4 },
			// Of another member's message.
			{ ...sample(0, 3, "[2,3,4]"), seat: 0 },
		]);
		expect(csvOf(groups, recording.rows).split("\r\n")).toEqual([
			"time,seat,x1 Temp-I,z,y1 Color-O,y2 Color-O,y3 Color-O",
			`${at(0).toISOString()},5,1,1,,,`,
			`${at(0).toISOString()},1,,,2,3,4`,
			"",
		]);
		expect(seriesOf(groups, recording.rows)[0]?.column.label).toBe("x1");
	});

	test("values of tags have none", () => {
		const tagged = { ...TEMP, tags: ["Geolocation"], tag_param_no: 2 };
		const join = joinOf(link(tagged), link(LAMP));
		const document = { ...documentWith(join), blocks: [{ ...block(), ports: [tagged, LAMP] }] };
		const [input] = columnsOf(document, join);
		expect(input?.columns.map(({ label }) => label)).toEqual(["x1"]);
	});

	test("a port that is gone has none", () => {
		expect(labels(joinOf({ dfo_id: 99, params: [] }, link(LAMP)))).toEqual(["z", "y1 y2 y3"]);
	});
});

describe("a recording", () => {
	test("puts into a row what came together, and a second value of one place into the next", () => {
		const recording = new Recording();
		recording.add([sample(0, 1, "[5]", "[5]"), sample(0, null, "[5]"), sample(0, 1, "[6]", "[6]")]);
		expect(recording.rows.map(({ values }) => [...values.keys()])).toEqual([[1, null], [1]]);
	});

	test("keeps ten minutes, and no more rows than come in them", () => {
		const recording = new Recording();
		recording.add([sample(0, 1, "1")]);
		recording.add([sample(MAX_AGE_MS, 1, "2")]);
		expect(recording.rows).toHaveLength(2);
		recording.add([sample(MAX_AGE_MS + 1, 1, "3")]);
		expect(recording.rows.map(({ at }) => at.getTime())).toEqual(
			[MAX_AGE_MS, MAX_AGE_MS + 1].map((ms) => at(ms).getTime()),
		);
		for (let n = 0; n < MAX_ROWS + 5; n++) recording.add([sample(MAX_AGE_MS + 2, 1, String(n))]);
		expect(recording.rows).toHaveLength(MAX_ROWS);
		recording.clear();
		expect(recording.rows).toEqual([]);
	});
});

describe("a recording as CSV", () => {
	test("has a column for each value, and empty fields where nothing came", () => {
		const recording = new Recording();
		recording.add([sample(0, 1, "[21.5]", "[21.5]"), sample(0, 3, "[1,2,3]")]);
		recording.add([sample(1500, null, "[21.5]")]);
		expect(csvOf(groupsOf(joinOf(link(TEMP), link(LAMP))), recording.rows)).toBe(
			"time,x1 Temp-I,z,y1 Color-O,y2 Color-O,y3 Color-O\r\n" +
				"2026-01-02T00:00:00.000Z,21.5,,1,2,3\r\n" +
				"2026-01-02T00:00:01.500Z,,21.5,,,\r\n",
		);
	});

	test("quotes what would end a field, and disarms formulas from devices", () => {
		const recording = new Recording();
		const value = JSON.stringify(['=SUM(A1)\n"x"', -5, "-5", "@me"]);
		recording.add([sample(0, 1, value, value)]);
		const wide = { ...TEMP, param_no: 4 };
		const join = joinOf(link(wide));
		const document = { ...documentWith(join), blocks: [{ ...block(), ports: [wide] }] };
		expect(csvOf(columnsOf(document, join), recording.rows).split("\r\n")[1]).toBe(
			'2026-01-02T00:00:00.000Z,"\'=SUM(A1)\n""x""",-5,-5,\'@me,',
		);
	});
});

function block() {
	return { do_id: 1, dm_id: 1, dm_name: "m", seats: null, bindings: [] };
}

test("series have the numbers of a column and what is said of them", () => {
	const recording = new Recording();
	recording.add([sample(0, 1, "[1]", "[1]"), sample(0, null, '["text"]')]);
	recording.add([sample(1, 1, "[4]", "[4]")]);
	recording.add([sample(2, null, "[7]")]);
	const series = seriesOf(groupsOf(joinOf(link(TEMP), link(LAMP))), recording.rows);
	expect(series.map(({ column: { label }, ...rest }) => ({ label, ...rest }))).toEqual([
		{
			...{ label: "x1", name: "Temp-I", values: [1, 4, null] },
			...{ count: 2, last: 4, min: 1, max: 4, mean: 2.5 },
		},
		{ label: "z", name: "", values: [null, null, 7], count: 1, last: 7, min: 7, max: 7, mean: 7 },
	]);
});
