import { lazy } from "../kit/lazy.tsx";
import type { Selection } from "../routes.ts";

export const BlockPanel = lazy(async () => ({
	default: (await import("./block-panel.tsx")).BlockPanel,
}));
export const PortPanel = lazy(async () => ({
	default: (await import("./port-panel.tsx")).PortPanel,
}));
export const JoinPanel = lazy(async () => ({
	default: (await import("./join-panel.tsx")).JoinPanel,
}));
export const WirePanel = lazy(async () => ({
	default: (await import("./wire-panel.tsx")).WirePanel,
}));

const KINDS = { block: BlockPanel, port: PortPanel, join: JoinPanel, wire: WirePanel };

/** Loads what shows a selection beside the panel around it. */
export function preloadKind(selection: Selection | undefined): void {
	if (selection !== undefined && selection.kind !== "log") KINDS[selection.kind].preload();
}

/** Loads it for whatever is selected next, so that it is there by then. */
export function preloadKinds(): void {
	for (const kind of Object.values(KINDS)) kind.preload();
}
