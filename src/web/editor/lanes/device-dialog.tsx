import { useEffect, useRef } from "preact/hooks";
import type { Block } from "../../../contract/mod.ts";
import { Dialog } from "../kit/dialog.tsx";
import { BlockDevices } from "../panel/block-devices.tsx";
import { texts } from "../texts/texts.ts";
import type { LanesState } from "./lanes-state.ts";

interface DeviceDialogProps {
	readonly lanes: LanesState;
	readonly block: Block;
}

/** Chooses the device of a block; what is chosen closes it. */
export function DeviceDialog({ lanes, block }: DeviceDialogProps) {
	const { app, project, mayEdit } = lanes;
	const close = () => {
		lanes.choosing.value = undefined;
	};
	const before = useRef(block.bindings);
	useEffect(() => {
		if (block.bindings !== before.current && block.bindings.length > 0) close();
		before.current = block.bindings;
	}, [block.bindings]);
	return (
		<Dialog title={texts.value.lanes.candidates(block.dm_name)} onClose={close}>
			<BlockDevices panel={{ app, project, canEdit: mayEdit.value }} block={block} />
		</Dialog>
	);
}
