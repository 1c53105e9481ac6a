/** Remedies name the command line's options; here they are settings of the form: `--epochs 25` is `training.epochs=25`. */
export const inSettings = (remedy: string): string =>
  remedy.replace(/--epochs (\d+)/g, 'training.epochs=$1').replace(/--set /g, '');
