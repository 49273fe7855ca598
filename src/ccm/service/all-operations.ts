import { accountOperations } from "./account-operations.ts";
import { adminOperations } from "./admin-operations.ts";
import { auditOperations } from "./audit-operations.ts";
import { bindingOperations } from "./binding-operations.ts";
import { catalogOperations } from "./catalog-operations.ts";
import { changeOperations } from "./change-operations.ts";
import { claimOperations } from "./claim-operations.ts";
import { copyOperations } from "./copy-operations.ts";
import { deviceOperations } from "./device-operations.ts";
import { featureOperations } from "./feature-operations.ts";
import { functionEditorOperations } from "./function-editor-operations.ts";
import { functionOperations } from "./function-operations.ts";
import { invitationOperations } from "./invitation-operations.ts";
import { joinOperations } from "./join-operations.ts";
import { lookUpOperations } from "./look-up-operations.ts";
import { modelOperations } from "./model-operations.ts";
import { objectOperations } from "./object-operations.ts";
import type { AnyOperation } from "./operation.ts";
import { outlineOperations } from "./outline-operations.ts";
import { pageOperations } from "./page-operations.ts";
import { parameterOperations } from "./parameter-operations.ts";
import { peopleOperations } from "./people-operations.ts";
import { portOperations } from "./port-operations.ts";
import { projectOperations } from "./project-operations.ts";
import { shareOperations } from "./share-operations.ts";
import { smallLists } from "./small-lists.ts";
import { templateOperations } from "./template-operations.ts";
import { transferOperations } from "./transfer-operations.ts";

/** Everything CCM does for people and programs, whichever API they use. */
export const OPERATIONS: readonly AnyOperation[] = [
	...accountOperations,
	...peopleOperations,
	...adminOperations,
	...auditOperations,
	...projectOperations,
	...outlineOperations,
	...copyOperations,
	...shareOperations,
	...objectOperations,
	...bindingOperations,
	...claimOperations,
	...deviceOperations,
	...changeOperations,
	...invitationOperations,
	...joinOperations,
	...functionOperations,
	...functionEditorOperations,
	...featureOperations,
	...modelOperations,
	...catalogOperations,
	...transferOperations,
	...templateOperations,
	...lookUpOperations,
	...portOperations,
	...parameterOperations,
	...smallLists,
	...pageOperations,
];
