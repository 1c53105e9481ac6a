/** The studio's own folder within that of the runs. Its name is hidden, so that nothing takes it for a run. */
export const OWN = '.studio';
