/**
 * What 'hourglass/use' loads only for models of an older hourglass, whose files have their recipe and no traits: the schemas of its
 * settings, which take more than all other checks together.
 */
export { readSettings } from '../model/settings-traits.ts';
