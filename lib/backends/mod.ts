/**
 * Where models run: execution providers of compiled functions, backends of eager tfjs.
 *
 * @module
 */

export {
  chooseProviders,
  type ExecutionProvider,
  executionProviders,
  type ProviderChoice,
} from "./execution_providers.ts";
export {
  type EagerBackend,
  eagerBackends,
  type EagerChoice,
  useEagerBackend,
} from "./eager_backends.ts";
