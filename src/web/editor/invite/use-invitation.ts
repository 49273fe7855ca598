import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Invitation } from "../../../contract/mod.ts";
import type { App } from "../app-context.ts";
import type { OpenProject } from "../project/open-project.ts";
import type { Refusal } from "../server/ask.ts";
import { endInvitation, getInvitation, invite } from "./invite-server.ts";
import { codeKept, type KeptCode, keepCode } from "./kept-code.ts";

/** What the server told. */
export interface Shown extends Invitation {
	/** When the code ends, by the page's monotonic clock. */
	readonly endsMs: number;
}

export interface InvitationOfBlock {
	/** As the server told last; undefined: not yet. */
	readonly now: Shown | undefined;
	/** The code, where it is this browser's and still in force. */
	readonly code: KeptCode | undefined;
	/** Why the last request was refused. */
	readonly refusal: Refusal | undefined;
	readonly isBusy: boolean;
	/** Makes a new code. @param seats For blocks that have none, or are to have others. */
	readonly make: (hours: number, seats?: number) => Promise<void>;
	readonly end: () => Promise<void>;
	readonly reload: () => Promise<void>;
}

const shelf = () => localStorage;

/** Follows the invitation of a block, and changes it. */
export function useInvitation(app: App, project: OpenProject, doId: number): InvitationOfBlock {
	const { ask, clock } = app;
	const { pId } = project;
	const [now, setNow] = useState<Shown>();
	const [kept, setKept] = useState(() => codeKept(shelf, [pId, doId]));
	const [refusal, setRefusal] = useState<Refusal>();
	const [isBusy, setIsBusy] = useState(false);
	const isThere = useRef(true);
	useEffect(() => {
		isThere.current = true;
		return () => {
			isThere.current = false;
		};
	}, []);
	const keep = (code: KeptCode | undefined) => {
		keepCode(shelf, [pId, doId], code);
		setKept(code);
	};
	const reload = useCallback(async () => {
		const answer = await getInvitation(ask, pId, doId);
		if (!isThere.current) return;
		setRefusal(answer.ok ? undefined : answer);
		if (answer.ok) setNow(shown(answer.body, clock));
	}, [ask, pId, doId, clock]);
	// Also when contact is found again: what ended meanwhile is not told.
	const isLive = project.contact.value.state === "live";
	useEffect(() => {
		if (isLive) void reload();
	}, [isLive, reload]);
	const told = project.invitations.value.get(doId);
	useEffect(() => {
		if (told !== undefined) setNow(shown(told, clock));
	}, [told, clock]);
	const during = async (work: () => Promise<Refusal | undefined>) => {
		setIsBusy(true);
		const refused = await work();
		if (refused === undefined) await reload();
		else setRefusal(refused);
		setIsBusy(false);
	};
	return {
		...{ now, refusal, isBusy, reload },
		code: kept?.mark === now?.mark ? kept : undefined,
		make: (hours, seats) =>
			during(async () => {
				const answer = await invite(ask, [pId, doId], { hours, ...(seats && { seats }) });
				if (!answer.ok) return answer;
				const { code, address, mark } = answer.body;
				keep({ code, address, mark });
				return undefined;
			}),
		end: () =>
			during(async () => {
				const answer = await endInvitation(ask, [pId, doId]);
				if (!answer.ok) return answer;
				keep(undefined);
				return undefined;
			}),
	};
}

function shown(told: Invitation, clock: App["clock"]): Shown {
	return { ...told, endsMs: clock.monotonic() + told.left_s * 1000 };
}
