import type { Block, FeatureType } from "../../../contract/mod.ts";
import type { LanesState } from "./lanes-state.ts";

/** What a part of a block in a lane is given. */
export interface BlockProps {
	readonly lanes: LanesState;
	readonly block: Block;
	readonly side: FeatureType;
}
