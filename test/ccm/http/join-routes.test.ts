import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { CcmHttp } from "../support/ccm-http.ts";
import { invite, type OpenClass, openClass, Phone, standing } from "../support/class.ts";
import { uuid } from "../support/documents.ts";
import { TEACHER } from "../support/office.ts";

let ccm: CcmHttp;
let place: OpenClass;
beforeEach(async () => {
	ccm = await CcmHttp.start({ present: [TEACHER] });
	place = await openClass(ccm);
});
afterEach(() => ccm.stop());

const phone = (language?: string) => new Phone(ccm.server.url, language);

describe("a phone joins", () => {
	test("with a nickname, by a form that needs no script", async () => {
		const { code } = await invite(ccm, place);
		const one = phone();
		const page = await one.get(`/join/${code}`);
		expect(page.status).toBe(200);
		expect(page.text).toContain('<html lang="zh-Hant">');
		expect(page.text).toContain("Class lamp");
		expect(page.text).not.toContain("<script");
		const entered = await one.submit(`/join/${code}`, " 小\u0007明 \u202e");
		expect(entered.status).toBe(303);
		const id = entered.location?.replace("../da/", "") ?? "";
		expect(ccm.devices.all.get(id)).toMatchObject({
			...{ name: "Smartphone-1", model: "Smartphone", owner: TEACHER.u_name },
		});
		expect(await standing(ccm, place)).toMatchObject({
			...{ taken: 1, seats: 40, wrong: 0 },
			members: [{ seat: 0, nickname: "小 明", online: false, da_id: id }],
		});
		expect(one.cookies.get(`iottalk-da /da/${id}`)?.value).toBe(`password-of-${id}`);
		const { status, body } = await one.info(id);
		expect(status).toBe(200);
		expect(body).toMatchObject({
			...{ seat: 0, nickname: "小 明", project: "Class lamp", block: place.do_id },
			...{ name: "Smartphone-1", model: "Smartphone" },
			https: `https://127.0.0.1:9993/da/${id}`,
		});
	});

	test("by JSON, without a nickname, below a prefix, where its cookies count there alone", async () => {
		const { code } = await invite(ccm, place);
		const response = await fetch(`${ccm.server.url}/csm/join/${code}`, {
			...{ method: "POST", redirect: "manual", body: "{}" },
			headers: { "content-type": "application/json" },
		});
		expect(response.status).toBe(303);
		const cookies = response.headers.getSetCookie();
		const id = response.headers.get("location")?.replace("../da/", "");
		expect(cookies).toHaveLength(2);
		expect(cookies[0]).toStartWith(`iottalk-da=password-of-${id}; Path=/csm/da/${id};`);
		expect(cookies[0]).toContain("HttpOnly");
		expect(cookies[0]).toContain("SameSite=Strict");
		expect(cookies[0]).not.toContain("Secure");
		expect(cookies[1]).toContain("Path=/csm/join;");
		expect((await standing(ccm, place)).members[0]?.nickname).toBeNull();
	});

	test("with the code as people type it", async () => {
		const { code } = await invite(ccm, place);
		const typed = `${code.slice(0, 3)}-${code.slice(3)}`.toLowerCase();
		const { status, location } = await phone().get(`/join?code=${encodeURIComponent(typed)}`);
		expect([status, location]).toEqual([303, `join/${code}`]);
		const slash = await phone().get(`/join/?code=${code}`);
		expect(slash.location).toBe(`../join/${code}`);
		const wide = [...code].map((one) => String.fromCodePoint((one.codePointAt(0) ?? 0) + 0xfee0));
		expect((await phone().get(`/join/${encodeURIComponent(wide.join(""))}`)).status).toBe(200);
	});

	test("once: opened again with its cookie it has the seat it had", async () => {
		const { code } = await invite(ccm, place);
		const one = phone();
		const id = await one.join(code, "小明");
		const again = await one.get(`/join/${code}`);
		expect([again.status, again.location]).toEqual([303, `../da/${id}`]);
		expect((await one.submit(`/join/${code}`)).location).toBe(`../da/${id}`);
		const { code: other } = await invite(ccm, place);
		expect((await one.get(`/join/${other}`)).location).toBe(`../da/${id}`);
		expect((await standing(ccm, place)).taken).toBe(1);
	});

	test("once, where the answer was lost or the button pressed twice", async () => {
		const { code } = await invite(ccm, place);
		const one = phone();
		await one.get(`/join/${code}`);
		const body = new URLSearchParams({ nickname: "小明" });
		const twice = await Promise.all(
			[1, 2, 3].map(async () => {
				const lossy = phone();
				for (const [key, value] of one.cookies) lossy.cookies.set(key, value);
				return (await lossy.send("POST", `/join/${code}`, { body })).headers.get("location");
			}),
		);
		expect(new Set(twice).size).toBe(1);
		expect((await one.get(`/join/${code}`)).location).toBe(twice[0] ?? null);
		expect((await standing(ccm, place)).taken).toBe(1);
	});

	test("two with one cookie have one seat, and others are not disturbed", async () => {
		const { code } = await invite(ccm, place);
		const [one, twin, other] = [phone(), phone(), phone()];
		const id = await one.join(code);
		for (const [key, value] of one.cookies) twin.cookies.set(key, value);
		expect((await twin.get(`/join/${code}`)).location).toBe(`../da/${id}`);
		expect((await twin.info(id)).body).toEqual((await one.info(id)).body);
		expect(await other.join(code)).not.toBe(id);
		expect((await standing(ccm, place)).taken).toBe(2);
	});

	test("forty at once, on forty seats, with nobody's steps to undo", async () => {
		const { code } = await invite(ccm, place);
		const ids = await Promise.all(Array.from({ length: 40 }, () => phone().join(code)));
		expect(new Set(ids).size).toBe(40);
		const { taken, members } = await standing(ccm, place);
		expect(taken).toBe(40);
		expect(members.map(({ seat }) => seat)).toEqual(Array.from({ length: 40 }, (_, n) => n));
		const steps = await ccm.office.store.read(({ undo }) => undo.list({ p_id: place.p_id }));
		// The block, and its seats.
		expect(steps.map(({ u_id }) => u_id)).toEqual([TEACHER.u_id, TEACHER.u_id]);
		const full = await phone().get(`/join/${code}`);
		expect(full.status).toBe(409);
		expect(full.text).toContain("座位都坐滿了");
		expect((await phone("en").submit(`/join/${code}`)).text).toContain("All seats");
	});

	test("one more than there are seats is told so, and leaves nothing", async () => {
		const { code } = await invite(ccm, place, { seats: 2 });
		const entered = await Promise.allSettled([1, 2, 3, 4].map(() => phone().join(code)));
		expect(entered.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
		expect((await standing(ccm, place)).taken).toBe(2);
		expect(ccm.devices.all.size).toBe(2);
	});

	test("on the lowest free seat", async () => {
		const { code } = await invite(ccm, place, { seats: 3 });
		const [first, second] = [phone(), phone()];
		await first.join(code);
		await second.join(code);
		const thrown = await ccm.json(TEACHER, "DELETE", `${place.block}/seats/0`);
		expect(thrown.status).toBe(200);
		const third = await phone().join(code);
		expect((await standing(ccm, place)).members.map(({ seat, da_id }) => [seat, da_id])[0]).toEqual(
			[0, third],
		);
	});
});

describe("a page says in words", () => {
	test("that a code is wrong, ended, or none, in both languages", async () => {
		const wrong = await phone().get("/join/BBBBBB");
		expect([wrong.status, wrong.text]).toEqual([404, expect.stringContaining("沒有這個代碼")]);
		expect((await phone("en-GB").get("/join/BBBBBB")).text).toContain("No class has this code");
		expect((await phone("fr, zh;q=0.5, en;q=0.1").get("/join")).text).toContain("加入課堂");
		expect((await phone().get("/join?code=abc")).text).toContain("代碼是六個字母");
		const short = await phone("en").get("/join/abc");
		expect([short.status, short.text]).toEqual([404, expect.stringContaining("No class")]);
		const { code } = await invite(ccm, place);
		await ccm.json(TEACHER, "DELETE", `${place.block}/invitation`);
		const ended = await phone("en").get(`/join/${code}`);
		expect([ended.status, ended.text]).toEqual([410, expect.stringContaining("has ended")]);
		expect((await phone().submit(`/join/${code}`)).status).toBe(410);
		await invite(ccm, place);
		expect((await phone().get(`/join/${code}`)).status).toBe(404);
	});

	test("that a nickname is too long", async () => {
		const { code } = await invite(ccm, place);
		const one = phone("en");
		const { status, text } = await one.submit(`/join/${code}`, "名".repeat(65));
		expect([status, text]).toEqual([400, expect.stringContaining("at most 64")]);
		expect((await one.submit(`/join/${code}`, "名".repeat(64))).status).toBe(303);
	});

	test("that the server cannot do it, and leaves nothing", async () => {
		const { code } = await invite(ccm, place);
		ccm.devices.before = async (what) => {
			if (what === "register") throw new Error("disk full");
		};
		const { status, text } = await phone("en").submit(`/join/${code}`);
		expect([status, text]).toEqual([503, expect.stringContaining("cannot let phones join")]);
		expect((await standing(ccm, place)).taken).toBe(0);
		ccm.devices.before = async () => {};
		expect((await phone().submit(`/join/${code}`)).status).toBe(303);
	});

	test("that a request is not one of the page's", async () => {
		const { code } = await invite(ccm, place);
		const { status, text } = await phone()
			.submit(`/join/${code}`, "")
			.then(async () => {
				const response = await fetch(`${ccm.server.url}/join/${code}`, {
					...{ method: "POST", redirect: "manual" },
					headers: { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
				});
				return { status: response.status, text: await response.text() };
			});
		expect([status, text]).toEqual([403, expect.stringContaining("does not accept")]);
		// A page that has become this server by DNS rebinding still shows its own name.
		const rebound = await fetch(`${ccm.server.url}/join/${code}`, {
			...{ method: "POST", redirect: "manual" },
			headers: { host: "evil.example", origin: "http://evil.example" },
		});
		expect(rebound.status).toBe(403);
		const odd = await fetch(`${ccm.server.url}/join/${code}`, {
			...{ method: "POST", body: "<a>", headers: { "content-type": "text/xml" } },
		});
		expect([odd.status, await odd.text()]).toEqual([400, expect.stringContaining("content type")]);
		expect((await standing(ccm, place)).taken).toBe(1);
	});

	test("what a project is called, whatever it is called", async () => {
		const odd = await openClass(ccm, "Bulb", "<b>$& '\"</b>");
		const { code } = await invite(ccm, odd);
		expect((await phone().get(`/join/${code}`)).text).toContain(
			"&lt;b&gt;$&amp; &#x27;&quot;&lt;/b&gt;",
		);
	});
});

describe("wrong codes", () => {
	test("slow the page that sends them, and no other one there", async () => {
		const { code } = await invite(ccm, place);
		const guesser = phone("en");
		const seen: number[] = [];
		for (let n = 0; n < 4; n++) seen.push((await guesser.get("/join/BBBBBB")).status);
		expect(seen).toEqual([404, 404, 404, 404]);
		const slow = await guesser.send("GET", `/join/${code}`);
		expect(slow.status).toBe(429);
		expect(Number(slow.headers.get("retry-after"))).toBeGreaterThan(0);
		expect(await slow.text()).toContain("Too many wrong codes");
		expect((await guesser.submit(`/join/${code}`)).status).toBe(429);
		expect(await phone().join(code)).not.toBe("");
		expect((await standing(ccm, place)).wrong).toBe(4);
	});

	test("slow their whole address after a hundred", async () => {
		const { code } = await invite(ccm, place);
		const seen = new Map<number, number>();
		for (let n = 0; n < 103; n++) {
			const { status } = await phone().get("/join/BBBBBB");
			seen.set(status, (seen.get(status) ?? 0) + 1);
		}
		expect(Object.fromEntries(seen)).toEqual({ 404: 100, 429: 3 });
		expect((await phone().get(`/join/${code}`)).status).toBe(429);
	});

	test("cost nothing where the text cannot be a code", async () => {
		const one = phone();
		for (let n = 0; n < 20; n++) await one.get("/join/short");
		expect((await one.get("/join/BBBBBB")).status).toBe(404);
	});
});

test("the pages allow no script, no other page around them, and are not kept", async () => {
	const { code } = await invite(ccm, place);
	for (const path of ["/join", `/join/${code}`, "/join/BBBBBB"]) {
		const { headers } = await phone().send("GET", path);
		const policy = headers.get("content-security-policy") ?? "";
		expect(policy).toContain("default-src 'none'");
		expect(policy).toContain("frame-ancestors 'none'");
		expect(policy).not.toContain("unsafe");
		expect(headers.get("cache-control")).toBe("no-store");
		expect(headers.get("referrer-policy")).toBe("same-origin");
	}
});

test("a seat of one class is none in another", async () => {
	const { code } = await invite(ccm, place);
	const next = await openClass(ccm, "Smartphone", "Next");
	const { code: second } = await invite(ccm, next);
	const one = phone();
	const [a, b] = [await one.join(code), await one.join(second)];
	expect(a).not.toBe(b);
	expect((await one.get(`/join/${code}`)).location).toBe(`../da/${a}`);
	expect((await one.get(`/join/${second}`)).location).toBe(`../da/${b}`);
	one.cookies.set(`iottalk-seat-${place.do_id} /join`, {
		value: `${uuid(1)}.x`,
		path: "/join",
	});
	expect((await one.get(`/join/${code}`)).location).toBe(`../da/${a}`);
});
