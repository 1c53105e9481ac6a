// The two parts of echarts that the curves need, without its other charts: 235 ms to load instead of 530. They
// register themselves and export nothing.
declare module 'echarts/lib/chart/line.js';
declare module 'echarts/lib/component/gridSimple.js';
