import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ClusterBroker } from "../../src/cluster/cluster-broker.ts";
import { handedTopic } from "../../src/cluster/control-topics.ts";
import { Answers } from "../../src/csm/answers.ts";
import { ApiListener, type Perform, type Reply } from "../../src/csm/api-listener.ts";
import type { Answered, HandedRequest } from "../../src/csm/partitions.ts";
import { CsmStore } from "../../src/csm/store/csm-store.ts";
import { ElsewhereError, InputError, StorageError } from "../../src/kit/errors.ts";
import type { Store } from "../../src/store/store.ts";
import { openCsmStore } from "../support/csm-store.ts";
import { quietLog } from "../support/log.ts";
import { Mosquitto } from "../support/mosquitto.ts";
import { TestClient } from "../support/mqtt.ts";
import { NodeConnection } from "../support/node-sessions.ts";
import { hasProgram } from "../support/programs.ts";
import { until } from "../support/waiting.ts";

const REQUEST = "iottalk/api/req/c/graph/g";
const RESPONSE = "iottalk/api/res/c/graph/g";
const OK = { op: "x", state: "ok" };

describe.if(hasProgram("mosquitto"))("a request that comes again", () => {
	let folder: string;
	let mosquitto: Mosquitto;
	let connection: NodeConnection;
	let broker: ClusterBroker;
	let client: TestClient;
	let store: Store;
	let csm: CsmStore;
	let listener: ApiListener;
	let perform: Perform;
	/** What was answered, by mark, as the node knows it and as it is stored. */
	let known: Map<string, Answered>;
	let stored: Map<string, string>;
	/** Token of the node's lease. */
	let lease: number;
	/** Whether its partition is being left. */
	let isLeaving: boolean;
	/** Why nothing can be stored. */
	let trouble: Error | undefined;
	let times: number;
	beforeEach(async () => {
		folder = mkdtempSync(join(tmpdir(), "iotctl-answers-"));
		mosquitto = await Mosquitto.start(folder);
		connection = await NodeConnection.start(mosquitto.port);
		broker = new ClusterBroker(connection.broker, quietLog);
		({ store } = openCsmStore(folder));
		[known, stored] = [new Map(), new Map()];
		trouble = undefined;
		lease = 5;
		isLeaving = false;
		times = 0;
		const partitions = {
			begin: (
				_changed: readonly string[],
				_isInMemory: boolean,
				answer?: { request: HandedRequest; reply: string },
			) => ({
				fence: async () => {
					if (trouble !== undefined) throw trouble;
					if (answer !== undefined) stored.set(answer.request.handed.mark, answer.reply);
				},
				end: () => {},
			}),
			isCurrent: ({ handed }: HandedRequest) => handed.lease === lease,
			isOurs: () => !isLeaving,
			answerTo: ({ handed }: HandedRequest) => known.get(handed.mark),
			answered: ({ handed }: HandedRequest, answered: Answered) =>
				void known.set(handed.mark, answered),
		};
		csm = new CsmStore(store, partitions);
		perform = async () => OK;
		listener = new ApiListener(
			"+/graph/+",
			(...asked) => {
				times += 1;
				return perform(...asked);
			},
			{
				...{ broker, log: quietLog, maxWaiting: 100 },
				answers: new Answers({ store: csm, partitions, log: quietLog }),
			},
			({ op }) => op !== "read",
		);
		await listener.start();
		client = await TestClient.connect(`mqtt://127.0.0.1:${mosquitto.port}`);
		await client.subscribe(RESPONSE);
	});
	afterEach(async () => {
		await listener.stop();
		await client.end();
		await connection.stop();
		await mosquitto.stop();
		await store.close();
		rmSync(folder, { recursive: true });
	});

	/** Has the router hand a request on. @returns how often it was done. */
	const hand = (mark: string, op = "x") => {
		const done = { times: 0 };
		const handed = { mark, packetId: 1, isRepeated: false };
		const payload = Buffer.from(JSON.stringify({ op }));
		broker.takeHanded(
			{
				...{ topic: handedTopic(3, REQUEST, handed), payload, retained: false, qos: 1 },
				...{ clientId: null, user: null, connection: null },
				done: () => {
					done.times += 1;
				},
			},
			{ partition: 3, token: 5 },
		);
		return done;
	};
	const handled = async (mark: string, op?: string) => {
		const done = hand(mark, op);
		await until(() => done.times === 1, "the request to be done");
	};
	const reply = () => client.nextJson(RESPONSE);

	test("is not carried out again, and answered once", async () => {
		await handled("1-1");
		await handled("1-1");
		await handled("1-2");
		expect(await reply()).toEqual(OK);
		expect(await reply()).toEqual(OK);
		expect([times, client.inbox.waiting]).toEqual([2, []]);
		expect([...stored]).toEqual([
			["1-1", JSON.stringify(OK)],
			["1-2", JSON.stringify(OK)],
		]);
	});

	test("to the next node gets the very answer of the one before, a refusal as well", async () => {
		perform = async () => {
			throw new InputError("link already exists");
		};
		await handled("1-1");
		const refusal = { op: "x", state: "error", reason: "link already exists" };
		expect(await reply()).toEqual(refusal);
		known = new Map([["1-1", { reply: stored.get("1-1"), isSent: false }]]);
		perform = async () => OK;
		await handled("1-1");
		expect(await reply()).toEqual(refusal);
		await handled("1-1");
		expect([times, client.inbox.waiting]).toEqual([1, []]);
	});

	test("while it is carried out waits for that", async () => {
		const { promise, resolve } = Promise.withResolvers<Reply>();
		perform = () => promise;
		const [first, again] = [hand("1-1"), hand("1-1")];
		resolve(OK);
		await until(() => first.times + again.times === 2, "both to be done");
		expect([times, await reply(), client.inbox.waiting]).toEqual([1, OK, []]);
	});

	test("that only reads is stored nowhere, and answered once by the node that has answered it", async () => {
		await handled("1-1", "read");
		await handled("1-1", "read");
		expect([await reply(), client.inbox.waiting]).toEqual([OK, []]);
		expect([times, stored.size]).toEqual([1, 0]);
	});

	test("is stored once where its change has stored it, and again where something else was answered", async () => {
		const answers: string[] = [];
		let fails = false;
		perform = async (_sender, _request, { answering: to }) => {
			if (to === undefined) throw new Error("it is not a cluster's");
			await csm.write(() => {}, {}, ["c/g"], { to, reply: JSON.stringify(OK) });
			answers.push(to.stored ?? "");
			trouble = fails ? undefined : new Error("it is stored twice");
			if (fails) throw new InputError("cannot run it");
			return OK;
		};
		await handled("1-1");
		expect([answers, await reply()]).toEqual([[JSON.stringify(OK)], OK]);
		trouble = undefined;
		fails = true;
		await handled("1-2");
		const refusal = { op: "x", state: "error", reason: "cannot run it" };
		expect(await reply()).toEqual(refusal);
		expect(JSON.parse(stored.get("1-2") ?? "")).toEqual(refusal);
	});

	test("is left to the node that has taken over, unless something has changed already", async () => {
		perform = async () => {
			lease = 6;
			throw new ElsewhereError("another node has taken over");
		};
		const left = hand("1-1");
		await listener.stop();
		expect([left.times, known.size]).toEqual([0, 0]);
	});

	test("is left to the next node where its own is leaving it, and something of it is another's already", async () => {
		perform = async () => {
			isLeaving = true;
			throw new ElsewhereError("the client is another node's");
		};
		const left = hand("1-1");
		await listener.stop();
		expect([left.times, known.size, client.inbox.waiting]).toEqual([0, 0, []]);
	});

	test("is refused where it would change what another node has besides: it comes to no one else", async () => {
		perform = async () => {
			throw new ElsewhereError("the server cannot store this now: c/2 is another node's");
		};
		await handled("1-1");
		expect(await reply()).toMatchObject({ state: "error", op: "x" });
		await handled("1-1");
		expect([times, client.inbox.waiting]).toEqual([1, []]);
	});

	test("is left to its node's next lease where it came under a former one", async () => {
		const { promise, resolve } = Promise.withResolvers<Reply>();
		perform = () => promise;
		// It is being read when the lease is lost, and the other waits behind it.
		const all = [hand("1-1", "read"), hand("1-2")];
		lease = 6;
		resolve(OK);
		await listener.stop();
		expect([all.map((one) => one.times), times, known.size]).toEqual([[0, 0], 1, 0]);
		expect(client.inbox.waiting).toEqual([]);
	});

	test("is answered where the answer cannot be stored", async () => {
		trouble = new StorageError("the server cannot store this now");
		await handled("1-1");
		expect([await reply(), stored.size]).toEqual([OK, 0]);
	});
});
