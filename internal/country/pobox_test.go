package country

import "testing"

func TestB1APostOfficeBoxIsRefusedHoweverItIsWritten(t *testing.T) {
	for country, lines := range map[string][]string{
		"US": {
			"P.O. Box 12", "PO Box 12", "P O Box 12", "po box 12", "P.O.Box 12", "POBox 12", "PO-Box 12", "P/O Box 12", "P.0. Box 12", "PO BOX",
			"Post Office Box 12", "Post Box 12", "POB 12", "P.O.B. 12", "PO Drawer 3", "Lock Box 12", "Lockbox #12", "PMB 123", "1 Main Street, PO Box 12", "Box 12",
			"Postfach 1234", "Apartado 12", "Casella postale 12", "Boîte postale 12",
		},
		"GB": {"PO Box 12", "Box 12"},
		"AU": {"GPO Box 12", "G.P.O. Box 12", "Locked Bag 3", "Private Bag 4", "Lock Bag 5", "CPO Box 3"},
		"NZ": {"Private Bag 92 019", "PO Box 12"},
		"ZA": {"Private Bag X123", "Posbus 12", "Privaatsak X1"},
		"NG": {"P.M.B. 1234", "Private Mail Bag 12"},
		"DE": {"Postfach 10 20 30", "POSTFACH 12", "PF 1020", "Packstation 145", "postlagernd"},
		"AT": {"Postfach 12"},
		"CH": {"Case postale 12", "Casella postale 3", "CP 12", "C.P. 12", "Postfach"},
		"FR": {"Boîte postale 12", "BP 123", "B.P. 123", "BP n° 12", "12 rue du Port, BP 7"},
		"SN": {"BP 1234"},
		"CA": {"Case postale 12", "C.P. 12", "PO Box 5", "Box 5"},
		"ES": {"Apartado de Correos 12", "Apdo. 12", "Apartado 12"},
		"MX": {"Apartado Postal 12"},
		"CO": {"A.A. 12345", "Apartado Aéreo 123"},
		"AR": {"Casilla de Correo 12"},
		"CL": {"Casilla 123"},
		"PT": {"Apartado 123"},
		"BR": {"Caixa Postal 12"},
		"IT": {"Casella Postale 12"},
		"NL": {"Postbus 12", "POSTBUS 90151"},
		"BE": {"Postbus 12", "PO Box 5"},
		"NO": {"Postboks 12 Sentrum", "Pb. 12", "PB 12"},
		"DK": {"Postboks 12"},
		"SE": {"Box 12", "Box 5305", "PO Box 3"},
		"FI": {"PL 12", "PB 12", "Postilokero 3"},
		"IS": {"Pósthólf 12"},
		"PL": {"Skrytka pocztowa 12", "skr. poczt. 3"},
		"CZ": {"P. O. BOX 12", "poštovní přihrádka 3"},
		"HU": {"Pf. 12", "Postafiók 3"},
		"TR": {"P.K. 12", "Posta Kutusu 3"},
		"RO": {"Căsuța poștală 12"},
		"RU": {"а/я 12", "абонентский ящик 3"},
		"UA": {"а/с 12", "поштова скринька 1"},
		"GR": {"Τ.Θ. 12", "Ταχυδρομική Θυρίδα 3"},
		"AE": {"PO Box 1234", "ص.ب. 1234", "ص ب 12"},
		"IL": {"ת.ד. 12"},
		"TH": {"ตู้ ปณ. 12"},
		"JP": {"東京中央郵便局私書箱12号"},
		"CN": {"北京100600信箱"},
		"TW": {"台北郵政12號信箱"},
		"KR": {"서울중앙우체국 사서함 12호"},
		"ID": {"Kotak Pos 12"},
		"MY": {"Peti Surat 12"},
		"VN": {"Hòm thư 12"},
	} {
		r, _ := find(country)
		for _, line := range lines {
			if !r.isPOBox(line) {
				t.Errorf("%s: %q is a post office box", country, line)
			}
		}
	}
}

func TestB1AStreetIsNoPostOfficeBox(t *testing.T) {
	for country, lines := range map[string][]string{
		"GB": {
			"12 Boxley Road", "Box Lane 4", "Box Hill House", "The Old Post Office, 3 High Street", "Postbox Lane 1", "1 Private Road", "Bagshot Road",
			"4 Lockbox Mews", "P O'Brien Court", "Po Street 5", "Depot Box Lane", "Unit 5, Poboxley Park", "2 Lock Road", "Mailbag Street", "Building B, P5", "Block B P 5",
			"10 Drawer Street", "1 BP House", "Pobjoy Street 3", "Capo Boxer 5", "The Mailbox, 101 Wharfside Street", "Level 3, 5 PO Boxwood Lane",
		},
		"US": {"Box Elder Road 5", "100 Box Canyon Drive", "1 Post Road", "Rural Route 2 Box 15", "12 Apartado Street", "55 PF Chang Way", "Suite 12, CP 5"},
		"DE": {"Posthof 3", "Postfachweg 3", "Poststraße 12", "Boxhagener Straße 1", "Pfarrstraße 3", "Packhof 3"},
		"AT": {"Postgasse 8", "Pfarrplatz 3"},
		"BE": {"Rue de la Loi 5, boîte 12", "Wetstraat 5 bus 12", "Box 5", "Rue de la Boîte 3"},
		"NL": {"Postweg 12", "Busweg 3", "Postbusweg 1"},
		"FR": {"12 rue de la Poste", "3 rue Bp", "5 rue des Boîtes", "CS 12345"},
		"ES": {"Calle Apartadero 3", "Casillas de Velasco 3", "Calle Postal 5"},
		"CO": {"Apartadó, Carrera 5"},
		"MX": {"Av. Juárez 5, C.P. 06600", "Colonia Casilla Blanca"},
		"IT": {"Via Casella 12", "Corso Po 5", "Via Po 3"},
		"BR": {"Rua Caixa d'Água 12", "Avenida Postal 3"},
		"NO": {"Postgata 3", "Bokstad 12"},
		"SE": {"Boxholmsvägen 12", "Postvägen 3", "Storgatan 5, box 2 tr"},
		"FI": {"Plogvägen 3", "Postikatu 2"},
		"PL": {"ulica Pocztowa 12"},
		"JP": {"港区港南2-16-3", "郵便局前ビル"},
		"KR": {"사서교로 12"},
		"RU": {"улица Почтовая 12", "Россия, дом 3"},
		"GR": {"Οδός Θησέως 12"},
	} {
		r, _ := find(country)
		for _, line := range lines {
			if r.isPOBox(line) {
				t.Errorf("%s: %q is no post office box", country, line)
			}
		}
	}
}
