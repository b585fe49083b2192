/** Representations of resources. */
export const HAL_JSON = 'application/hal+json';
export const JSON_TYPE = 'application/json';
/** RFC 7396 */
export const MERGE_PATCH = 'application/merge-patch+json';
/** RFC 6902 */
export const JSON_PATCH = 'application/json-patch+json';

/** What a body that is a whole item may be called. */
export const ITEM_BODIES = [JSON_TYPE, HAL_JSON] as const;
/** What a body that changes an item may be called. */
export const PATCH_BODIES = [JSON_TYPE, MERGE_PATCH, JSON_PATCH] as const;
