import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { call, TestGraph } from "../support/gateway.ts";
import { TestClient } from "../support/mqtt.ts";
import { startTarget, type Target } from "../support/target.ts";

// Numbers that JavaScript would write another way; as JSON texts.
const NUMBERS = [
	"1724442618569203714",
	"-9223372036854775808",
	"18446744073709551615",
	"123456789012345678901234567890",
	"1.0",
	"-0.0",
	"-0",
	"1e3",
	"1E400",
	"0.1000000000000000055511151231257827",
	"1.50",
];
const LIST = `[${NUMBERS.join(",")}]`;
const PROFILE = `{"model":"M","deep":{"list":${LIST}},"text":"1.0 \\"2.0","n":1}`;
const FEATURES = `[["meow",${LIST}]]`;

let target: Target;
beforeAll(async () => {
	target = await startTarget();
});
afterAll(() => target.dispose());

const registration = (profile: string) =>
	`{"accept_protos":["mqtt"],"idf_list":${FEATURES},"odf_list":${FEATURES},"profile":${profile}}`;

describe("§2.2 numbers of a registration", () => {
	test("§2.2 they come back as they were written, from GET, POST, lists, and after a restart", async () => {
		const id = randomUUID();
		const { json } = await call(target, "PUT", `/${id}`, registration(PROFILE));
		expect(json.state).toBe("ok");
		const isWhole = (text: string) => {
			for (const part of [`"profile":${PROFILE}`, `"idf_list":${FEATURES}`]) {
				expect(text).toContain(part);
			}
		};
		isWhole((await call(target, "GET", `/${id}`)).text);
		isWhole((await call(target, "GET", "/api/devices")).text);
		isWhole((await call(target, "POST", `/${id}`, '{"name":"new"}')).text);
		const attach = async () => {
			const client = await TestClient.connect(target.mqtt);
			await client.subscribe("iottalk/api/res/x/device");
			await client.publish("iottalk/api/req/x/device", `{"op":"attach","n":${LIST}}`);
			const { text } = await client.next("iottalk/api/res/x/device");
			expect(text).toContain(`"n":${LIST}`);
			isWhole(text);
			return client;
		};
		const client = await attach();
		const other = randomUUID();
		await call(target, "PUT", `/${other}`, registration(PROFILE));
		isWhole((await client.next("iottalk/api/res/x/device")).text);
		await client.end();
		target = await target.restart();
		isWhole((await call(target, "GET", `/${id}`)).text);
		await (await attach()).end();
	});

	test("§2.2 a model that is such a number names the device as Python writes it", async () => {
		for (const [model, name] of [
			["1724442618569203714", "00.1724442618569203714"],
			["1.0", "00.1.0"],
			["-0.0", "00.-0.0"],
			["1e3", "00.1000.0"],
			["[1.0,-0]", "00.[1.0, 0]"],
		]) {
			const body = registration(`{"model":${model}}`);
			expect((await call(target, "PUT", `/${randomUUID()}`, body)).json).toMatchObject({ name });
		}
	});

	test("§2.2 such a number in a wrong place is refused as any other", async () => {
		const put = async (body: string) => (await call(target, "PUT", `/${randomUUID()}`, body)).json;
		expect((await put("1.0")).reason).toBe("json body should be an object");
		expect((await put(registration("1.0"))).reason).toContain("'profile' is required");
		const named = registration(PROFILE).replace("{", '{"name":1.0,');
		expect((await put(named)).reason).toBe("Field 'name' should be a string");
		const protocol = registration(PROFILE).replace('["mqtt"]', "[1.0]");
		expect((await put(protocol)).reason).toBe("Invalid protocol: '1.0'");
	});
});

describe("§4.1 numbers of a request", () => {
	test("§4.1 echoes and errors have them as they came; fields take them by their value", async () => {
		const client = await TestClient.connect(target.mqtt);
		const graph = await TestGraph.open(client);
		const ask = async (request: string) => {
			await client.publish(graph.request, request);
			return (await client.next(graph.response)).text;
		};
		const attach = `{"op":"attach","client_id":1724442618569203714,"x":${LIST}`;
		expect(await ask(`${attach}}`)).toBe(`${attach},"state":"ok"}`);
		const link = `{"op":"add_link","da_id":"${randomUUID()}","idf":"i","param_no":2.0,"tag_param_no":1e0`;
		expect(await ask(`${link}}`)).toBe(`${link},"state":"ok"}`);
		expect(await ask(`${link}}`)).toBe(`${link},"state":"error","reason":"link already exists"}`);
		const bad = link.replace("2.0", "2.5");
		expect(await ask(`${bad}}`)).toStartWith(`${bad},"state":"error","reason":"Field 'param_no'`);
		expect(await ask('{"op":1.0}')).toContain("unknown op: `1.0`");
		expect(JSON.parse(await ask("1.0")).reason).toContain("should be a JSON object");
		const views: unknown = JSON.parse((await call(target, "GET", "/api/graphs")).text);
		expect(views).toMatchObject([{ idfs: [{ param_no: 2, tag_param_no: 1 }] }]);
		await client.end();
	});
});
